// puddle or database/sql, with their defaults but for the size.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/puddle"
)

type workload struct {
	name        string
	goroutines  int
	connections int
	yields      bool
	cycles      int
}

var workloads = []workload{
	{"W1", 1, 10, false, 2_000_000},
	{"W2", 2, 10, false, 1_000_000},
	{"W3", 32, 10, false, 40_000},
	{"W4", 32, 10, true, 20_000},
	{"W5", 1000, 4, true, 200},
}

// Takes a connection and gives it back, with the body in between.
type cycle func(yields bool)

// Nanoseconds per cycle, of all goroutines together.
func (w workload) measure(run cycle) float64 {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(w.goroutines)
	done.Add(w.goroutines)
	for i := 0; i < w.goroutines; i++ {
		go func() {
			defer done.Done()
			ready.Done()
			<-start
			for n := 0; n < w.cycles; n++ {
				run(w.yields)
			}
		}()
	}
	ready.Wait()
	began := time.Now()
	close(start)
	done.Wait()
	return float64(time.Since(began).Nanoseconds()) / float64(w.goroutines*w.cycles)
}

func report(name string, w workload, run cycle) {
	w.measure(run)
	fmt.Printf("%s\t%f\n", name, w.measure(run))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func puddlePool(connections int) (cycle, func()) {
	ctx := context.Background()
	pool := puddle.NewPool(
		func(context.Context) (interface{}, error) { return new(int), nil }, func(interface{}) {}, int32(connections))
	return func(yields bool) {
		resource, err := pool.Acquire(ctx)
		must(err)
		if yields {
			runtime.Gosched()
		}
		resource.Release()
	}, pool.Close
}

func sqlPool(connections int) (cycle, func()) {
	ctx := context.Background()
	pool := sql.OpenDB(dummyConnector{})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return func(yields bool) {
		connection, err := pool.Conn(ctx)
		must(err)
		if yields {
			runtime.Gosched()
		}
		must(connection.Close())
	}, func() { must(pool.Close()) }
}

func main() {
	pools := map[string]func(int) (cycle, func()){"puddle": puddlePool, "database/sql": sqlPool}
	for _, w := range workloads {
		run, end := pools[os.Args[1]](w.connections)
		report(w.name, w, run)
		end()
		if w.yields {
			report(w.name+" no pool", w, func(bool) { runtime.Gosched() })
		}
	}
}
