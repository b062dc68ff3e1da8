// A static application: counts, and shows a number that exists only in its memory.
package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"time"
)

func main() {
	fmt.Println("START", os.Getpid())
	nonce := rand.Text()
	for n := 1; ; n++ {
		fmt.Println("TICK", nonce, n)
		time.Sleep(50 * time.Millisecond)
	}
}
