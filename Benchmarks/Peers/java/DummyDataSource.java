import java.io.PrintWriter;
import java.sql.Connection;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Hands out connections to nothing. */
final class DummyDataSource implements DataSource {
    public Connection getConnection() { return new DummyConnection(); }
    public Connection getConnection(String user, String password) { return new DummyConnection(); }
    public PrintWriter getLogWriter() { return null; }
    public void setLogWriter(PrintWriter writer) {}
    public void setLoginTimeout(int seconds) {}
    public int getLoginTimeout() { return 0; }
    public Logger getParentLogger() { return null; }
    public <T> T unwrap(Class<T> type) { return null; }
    public boolean isWrapperFor(Class<?> type) { return false; }
}
