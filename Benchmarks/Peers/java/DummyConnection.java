import java.sql.*;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/** A connection to nothing: open, in auto-commit, content with everything. What a pool never asks has no answer. */
final class DummyConnection implements Connection {
    private volatile boolean isClosed;
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = TRANSACTION_READ_COMMITTED;

    public void close() { isClosed = true; }
    public boolean isClosed() { return isClosed; }
    public boolean isValid(int timeout) { return !isClosed; }
    public void setAutoCommit(boolean value) { autoCommit = value; }
    public boolean getAutoCommit() { return autoCommit; }
    public void setReadOnly(boolean value) { readOnly = value; }
    public boolean isReadOnly() { return readOnly; }
    public void setTransactionIsolation(int level) { isolation = level; }
    public int getTransactionIsolation() { return isolation; }
    public void commit() {}
    public void rollback() {}
    public void rollback(Savepoint savepoint) {}
    public SQLWarning getWarnings() { return null; }
    public void clearWarnings() {}
    public void setCatalog(String catalog) {}
    public String getCatalog() { return null; }
    public void setSchema(String schema) {}
    public String getSchema() { return null; }
    public void abort(Executor executor) { isClosed = true; }
    public void setNetworkTimeout(Executor executor, int milliseconds) {}
    public int getNetworkTimeout() { return 0; }
    public DatabaseMetaData getMetaData() { return null; }
    public Statement createStatement() { return null; }
    public Statement createStatement(int type, int concurrency) { return null; }
    public Statement createStatement(int type, int concurrency, int holdability) { return null; }
    public PreparedStatement prepareStatement(String sql) { return null; }
    public PreparedStatement prepareStatement(String sql, int keys) { return null; }
    public PreparedStatement prepareStatement(String sql, int[] columns) { return null; }
    public PreparedStatement prepareStatement(String sql, String[] columns) { return null; }
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) { return null; }
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability) { return null; }
    public CallableStatement prepareCall(String sql) { return null; }
    public CallableStatement prepareCall(String sql, int type, int concurrency) { return null; }
    public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) { return null; }
    public String nativeSQL(String sql) { return sql; }
    public Map<String, Class<?>> getTypeMap() { return Map.of(); }
    public void setTypeMap(Map<String, Class<?>> map) {}
    public void setHoldability(int holdability) {}
    public int getHoldability() { return ResultSet.CLOSE_CURSORS_AT_COMMIT; }
    public Savepoint setSavepoint() { return null; }
    public Savepoint setSavepoint(String name) { return null; }
    public void releaseSavepoint(Savepoint savepoint) {}
    public Clob createClob() { return null; }
    public Blob createBlob() { return null; }
    public NClob createNClob() { return null; }
    public SQLXML createSQLXML() { return null; }
    public Array createArrayOf(String type, Object[] elements) { return null; }
    public Struct createStruct(String type, Object[] attributes) { return null; }
    public void setClientInfo(String name, String value) {}
    public void setClientInfo(Properties properties) {}
    public String getClientInfo(String name) { return null; }
    public Properties getClientInfo() { return new Properties(); }
    public <T> T unwrap(Class<T> type) { return null; }
    public boolean isWrapperFor(Class<?> type) { return false; }
}
