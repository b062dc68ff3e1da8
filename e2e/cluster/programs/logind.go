// A login1 of its own for one node: it takes the kubelet's delay lock, and announces a shutdown (SIGUSR1) and its end
// (SIGUSR2), as systemd-logind does. Nothing is ever powered off. It prints a line for everything that happens.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
)

const name = "org.freedesktop.login1"
const manager = name + ".Manager"
const path = dbus.ObjectPath("/org/freedesktop/login1")

func say(format string, values ...interface{}) {
	fmt.Printf(time.Now().UTC().Format("2006-01-02T15:04:05.000Z")+" "+format+"\n", values...)
}

func check(err error) {
	if err != nil {
		say("error %v", err)
		os.Exit(1)
	}
}

type login struct{}

// The lock is held for as long as somebody has the writing end of the pipe.
func (login) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	reader := os.NewFile(uintptr(ends[0]), "lock")
	say("locked %s %s by %s", what, mode, who)
	go func() {
		// The answer has carried a copy to the caller long before.
		time.Sleep(2 * time.Second)
		syscall.Close(ends[1])
		reader.Read(make([]byte, 1))
		say("released %s %s by %s", what, mode, who)
	}()
	return dbus.UnixFD(ends[1]), nil
}

type properties struct{}

// Longer than any kubelet wants: it would else write a configuration of systemd's.
func (properties) Get(of, property string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(uint64((10 * time.Minute).Microseconds())), nil
}

func main() {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	bus, err := dbus.ConnectSystemBus()
	check(err)
	check(bus.Export(login{}, path, manager))
	check(bus.Export(properties{}, path, "org.freedesktop.DBus.Properties"))
	_, err = bus.RequestName(name, dbus.NameFlagDoNotQueue)
	check(err)
	say("ready")
	for received := range signals {
		begins := received == syscall.SIGUSR1
		check(bus.Emit(path, manager+".PrepareForShutdown", begins))
		say("announced %v", begins)
	}
}
