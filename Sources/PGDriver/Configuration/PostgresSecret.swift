public import PoolingSQL

public typealias PostgresSecret = SQLSecret
public typealias PostgresPassword = SQLPassword
