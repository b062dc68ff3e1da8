#!/bin/sh
# The first process of a node: `node.sh DIRECTORY CACHE SHARED NAME`. It is in new mount, network, process and host name
# namespaces; what it mounts nobody else sees, and when it dies everything in the node dies with it.
set -e
directory=$1 cache=$2 shared=$3
hostname "$4"
mount --make-rshared /
mount -t proc proc /proc

# A place of its own, which pods may have mounts in that come and go. Without a peer group of its own each of those
# mounts would appear a second time, where the folder is taken from.
bind() {
  mount --bind "$1" "$2"
  mount --make-private "$2"
  mount --make-shared "$2"
}

# Places that the programs of a node write to are the node's own. The cache may be below one of them.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns /run/dbus /run/crik/cache /run/crik/shared /run/crik/proc
bind "$cache" /run/crik/cache
bind "$shared" /run/crik/shared
for place in lib log; do
  mkdir -p "$directory/$place"
  bind "$directory/$place" "/var/$place"
done
if [ ! -e "$cache" ]; then mkdir -p "$cache" && bind /run/crik/cache "$cache"; fi
mkdir -p /var/lib/crik-shared
bind /run/crik/shared /var/lib/crik-shared

# The kubelet sets these for the whole machine; here it sets files.
while read -r place value; do
  [ -e "/proc/sys/$place" ] || continue
  file=$directory/sysctl-$(echo "$place" | tr / -)
  echo "$value" >"$file"
  mount --bind "$file" "/proc/sys/$place"
done <<END
kernel/keys/root_maxbytes 25000000
kernel/keys/root_maxkeys 1000000
kernel/panic 10
kernel/panic_on_oops 1
vm/overcommit_memory 1
vm/panic_on_oom 0
END
# The kernel lets a user namespace mount /proc only where one is that nothing hides a part of (mount_too_revealing),
# and those files do. Pods with `hostUsers: false` need it.
mount -t proc proc /run/crik/proc

echo 1 >/proc/sys/net/ipv4/ip_forward

# Orphans, such as containerd's shims, become this shell's children, and waiting buries them.
sleep infinity &
touch "$directory/ready"
wait
