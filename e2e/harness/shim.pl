#!/usr/bin/perl
# Starts one container as containerd's shim does, and tells how it ended: shim.pl BUNDLE ID RUNTIME...
# The container gets descriptors 0 to 2 as they are here ("run" in the foreground would put pipes of its own in
# between). PID 1 becomes this process's child, since it is a subreaper, and so its true status is known.
# Reports on descriptor 3: "started PID", then "ended CODE SIGNAL".
use strict;
use warnings;
use Fcntl;
use POSIX;

my ($bundle, $id, @runtime) = @ARGV;
open(my $report, ">&=", 3) or die $!;
fcntl($report, F_SETFD, FD_CLOEXEC);
$report->autoflush(1);

use constant PR_SET_CHILD_SUBREAPER => 36;
my %prctl = (x86_64 => 157, aarch64 => 167);
syscall($prctl{(POSIX::uname())[4]}, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "no subreaper: $!";

system(@runtime, "create", "--bundle", $bundle, "--pid-file", "$bundle/pid", $id) == 0 or exit 1;
open(my $file, "<", "$bundle/pid") or die $!;
my $pid = <$file>;
close $file;
system(@runtime, "start", $id) == 0 or exit 1;
print $report "started $pid\n";

# Nothing but the container may hold its output open: its end is how the harness sees the last process go.
open(STDOUT, ">", "/dev/null");
open(STDERR, ">", "/dev/null");
while ((my $ended = waitpid(-1, 0)) > 0) {
  next if $ended != $pid;
  print $report "ended ", $? >> 8, " ", $? & 127, "\n";
  exit 0;
}
