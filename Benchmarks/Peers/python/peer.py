"""SQLAlchemy's QueuePool, with its defaults but for the size and a long patience. The yield is time.sleep(0)."""
import threading
import time

from sqlalchemy.pool import QueuePool

# Name, threads, connections, whether the body yields, cycles of each thread.
WORKLOADS = [
    ("W1", 1, 10, False, 50_000),
    ("W2", 2, 10, False, 25_000),
    ("W3", 32, 10, False, 1_000),
    ("W4", 32, 10, True, 1_000),
    ("W5", 1000, 4, True, 20),
]


class Dummy:
    """A connection to nothing."""

    def rollback(self):
        pass

    def close(self):
        pass


def measure(threads, cycles, cycle):
    """Nanoseconds per cycle, of all threads together."""
    began = []
    start = threading.Barrier(threads, action=lambda: began.append(time.perf_counter_ns()))

    def work():
        start.wait()
        for _ in range(cycles):
            cycle()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return (time.perf_counter_ns() - began[0]) / (threads * cycles)


def report(name, threads, cycles, cycle):
    measure(threads, max(cycles // 4, 1), cycle)
    print(f"{name}\t{measure(threads, cycles, cycle)}", flush=True)


def main():
    for name, threads, connections, yields, cycles in WORKLOADS:
        pool = QueuePool(Dummy, pool_size=connections, max_overflow=0, timeout=300)

        def borrow():
            pool.connect().close()

        def borrow_and_yield():
            connection = pool.connect()
            time.sleep(0)
            connection.close()

        report(name, threads, cycles, borrow_and_yield if yields else borrow)
        if yields:
            report(f"{name} no pool", threads, cycles, lambda: time.sleep(0))


main()
