//! r2d2, with its defaults but for the size and a long patience.

use std::convert::Infallible;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

struct Workload {
    name: &'static str,
    threads: usize,
    connections: u32,
    yields: bool,
    cycles: usize,
}

#[rustfmt::skip]
const WORKLOADS: [Workload; 5] = [
    Workload { name: "W1", threads: 1, connections: 10, yields: false, cycles: 2_000_000 },
    Workload { name: "W2", threads: 2, connections: 10, yields: false, cycles: 1_000_000 },
    Workload { name: "W3", threads: 32, connections: 10, yields: false, cycles: 60_000 },
    Workload { name: "W4", threads: 32, connections: 10, yields: true, cycles: 5_000 },
    Workload { name: "W5", threads: 1000, connections: 4, yields: true, cycles: 200 },
];

/// Makes connections to nothing.
struct Dummy;

impl r2d2::ManageConnection for Dummy {
    type Connection = Box<u64>;
    type Error = Infallible;

    fn connect(&self) -> Result<Box<u64>, Infallible> {
        Ok(Box::new(0))
    }
    fn is_valid(&self, _: &mut Box<u64>) -> Result<(), Infallible> {
        Ok(())
    }
    fn has_broken(&self, _: &mut Box<u64>) -> bool {
        false
    }
}

impl Workload {
    /// Nanoseconds per cycle, of all threads together.
    fn measure(&self, cycle: impl Fn() + Sync) -> f64 {
        let start = Barrier::new(self.threads + 1);
        let mut began = Instant::now();
        thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..self.cycles {
                        cycle();
                    }
                });
            }
            // Before the last one comes: the others may be done before this thread runs again.
            began = Instant::now();
            start.wait();
        });
        began.elapsed().as_nanos() as f64 / (self.threads * self.cycles) as f64
    }

    fn report(&self, name: &str, cycle: impl Fn() + Sync) {
        self.measure(&cycle);
        println!("{name}\t{}", self.measure(&cycle));
    }
}

fn main() {
    for workload in &WORKLOADS {
        let pool = r2d2::Pool::builder()
            .max_size(workload.connections)
            .connection_timeout(Duration::from_secs(300))
            .build(Dummy)
            .expect("a pool");
        workload.report(workload.name, || {
            let _connection = pool.get().expect("a connection");
            if workload.yields {
                thread::yield_now();
            }
        });
        if workload.yields {
            workload.report(&format!("{} no pool", workload.name), thread::yield_now);
        }
    }
}
