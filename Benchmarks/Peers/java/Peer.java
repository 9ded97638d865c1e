import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;

/** HikariCP or commons-dbcp2, with their defaults but for the size and a long patience. */
final class Peer {
    public static void main(String[] arguments) throws Exception {
        for (Workload workload : Workload.ALL) {
            DataSource pool = arguments[0].equals("hikaricp") ? hikari(workload) : dbcp(workload);
            Workload.Cycle cycle = yields -> {
                try (var connection = pool.getConnection()) {
                    if (yields) Thread.yield();
                }
            };
            report(workload, workload.name(), cycle);
            ((AutoCloseable) pool).close();
            if (workload.yields()) report(workload, workload.name() + " no pool", yields -> Thread.yield());
        }
        System.exit(0);
    }

    /** The first run is for the compiler. */
    private static void report(Workload workload, String name, Workload.Cycle cycle) throws Exception {
        workload.measure(cycle);
        System.out.println(name + "\t" + workload.measure(cycle));
    }

    private static DataSource hikari(Workload workload) {
        var config = new HikariConfig();
        config.setDataSource(new DummyDataSource());
        config.setMaximumPoolSize(workload.connections());
        config.setConnectionTimeout(300_000);
        return new HikariDataSource(config);
    }

    private static DataSource dbcp(Workload workload) {
        var pool = new BasicDataSource();
        pool.setDriver(new DummyDriver());
        pool.setUrl("jdbc:dummy:");
        pool.setMaxTotal(workload.connections());
        pool.setMaxIdle(workload.connections());
        pool.setMaxWaitMillis(300_000);
        return pool;
    }
}
