// An HTTP server on port 8080 that counts its requests, and ticks meanwhile.
package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

func main() {
	fmt.Println("START", os.Getpid())
	nonce := rand.Text()
	var requests atomic.Int64
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%s %d\n", nonce, requests.Add(1))
	})
	go func() {
		fmt.Fprintln(os.Stderr, http.ListenAndServe(":8080", nil))
		os.Exit(1)
	}()
	for n := 1; ; n++ {
		fmt.Println("TICK", nonce, n)
		time.Sleep(50 * time.Millisecond)
	}
}
