import java.util.concurrent.CountDownLatch;

/** One workload: so many threads on so many connections, with an empty body or with one Thread.yield() in it. */
record Workload(String name, int threads, int connections, boolean yields, int cycles) {
    static final Workload[] ALL = {
        new Workload("W1", 1, 10, false, 4_000_000),
        new Workload("W2", 2, 10, false, 2_000_000),
        new Workload("W3", 32, 10, false, 60_000),
        new Workload("W4", 32, 10, true, 3_000),
        new Workload("W5", 1000, 4, true, 200),
    };

    /** Takes a connection and gives it back, with the body in between. */
    interface Cycle {
        void run(boolean yields) throws Exception;
    }

    /** Nanoseconds per cycle, of all threads together. */
    double measure(Cycle cycle) throws Exception {
        var ready = new CountDownLatch(threads);
        var start = new CountDownLatch(1);
        var done = new CountDownLatch(threads);
        var failure = new Throwable[1];
        for (int i = 0; i < threads; i++) {
            new Thread(() -> {
                try {
                    ready.countDown();
                    start.await();
                    for (int n = 0; n < cycles; n++) cycle.run(yields);
                } catch (Throwable error) {
                    failure[0] = error;
                } finally {
                    done.countDown();
                }
            }).start();
        }
        ready.await();
        long began = System.nanoTime();
        start.countDown();
        done.await();
        long took = System.nanoTime() - began;
        if (failure[0] != null) throw new Exception(name + " failed", failure[0]);
        return (double) took / ((double) threads * cycles);
    }
}
