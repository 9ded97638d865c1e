internal import CSQLite

extension SQLite {
    /// What a statement may be and do at most, per connection; nil: as SQLite was built.
    ///
    /// A limit above what SQLite was built for fails the connect: SQLite would lower it silently.
    public struct Limits: Sendable, Hashable {
        /// Bytes of a text, a blob or a row. At least 1000: the driver has statements of its own.
        public var length: Int?
        /// Bytes of a statement's text. nil: 16 MiB. At least 1000: the driver has statements of its own.
        public var sqlLength: Int?
        /// Columns of a table, an index, a result or a `GROUP BY`. At least 5: SQLite's own tables have as many.
        public var columns: Int?
        /// Nesting of an expression. At least 5: SQLite's own statements need as much.
        public var expressionDepth: Int?
        /// Parts of a compound select.
        public var compoundSelects: Int?
        /// Instructions of a compiled statement. At least 1000: the driver has statements of its own.
        public var vdbeOperations: Int?
        /// Arguments of a function.
        public var functionArguments: Int?
        /// Attached databases; 0 for none.
        public var attachedDatabases: Int?
        /// Bytes of a pattern of `LIKE` or `GLOB`.
        public var likePatternLength: Int?
        /// The greatest number of a placeholder, and so of bound values; 0 for none.
        public var variables: Int?
        /// Nesting of triggers; 0 for none.
        public var triggerDepth: Int?

        public init(
            length: Int? = nil,
            sqlLength: Int? = nil,
            columns: Int? = nil,
            expressionDepth: Int? = nil,
            compoundSelects: Int? = nil,
            vdbeOperations: Int? = nil,
            functionArguments: Int? = nil,
            attachedDatabases: Int? = nil,
            likePatternLength: Int? = nil,
            variables: Int? = nil,
            triggerDepth: Int? = nil
        ) {
            self.length = length
            self.sqlLength = sqlLength
            self.columns = columns
            self.expressionDepth = expressionDepth
            self.compoundSelects = compoundSelects
            self.vdbeOperations = vdbeOperations
            self.functionArguments = functionArguments
            self.attachedDatabases = attachedDatabases
            self.likePatternLength = likePatternLength
            self.variables = variables
            self.triggerDepth = triggerDepth
        }

        /// What SQLite's manual advises for SQL that comes from elsewhere ("Defense Against The Dark Arts").
        ///
        /// Ten placeholders and ten levels of an expression are little for an application's own statements.
        public static let strict = Limits(
            length: 1_000_000,
            sqlLength: 100_000,
            columns: 100,
            expressionDepth: 10,
            compoundSelects: 3,
            vdbeOperations: 25_000,
            functionArguments: 8,
            attachedDatabases: 0,
            likePatternLength: 50,
            variables: 10,
            triggerDepth: 10)
    }
}

extension SQLite.Limits {
    /// One of the limits.
    struct Kind: Sendable {
        let name: String
        let option: String
        let code: Int32
        let least: Int
        let field: any (WritableKeyPath<SQLite.Limits, Int?> & Sendable)
    }

    static let kinds: [Kind] = [
        Kind(name: "length", option: "limit_length", code: SQLITE_LIMIT_LENGTH, least: 1000, field: \.length),
        Kind(
            name: "sqlLength", option: "limit_sql_length", code: SQLITE_LIMIT_SQL_LENGTH, least: 1000,
            field: \.sqlLength),
        Kind(name: "columns", option: "limit_columns", code: SQLITE_LIMIT_COLUMN, least: 5, field: \.columns),
        Kind(
            name: "expressionDepth", option: "limit_expression_depth", code: SQLITE_LIMIT_EXPR_DEPTH, least: 5,
            field: \.expressionDepth),
        Kind(
            name: "compoundSelects", option: "limit_compound_selects", code: SQLITE_LIMIT_COMPOUND_SELECT, least: 1,
            field: \.compoundSelects),
        Kind(
            name: "vdbeOperations", option: "limit_vdbe_operations", code: SQLITE_LIMIT_VDBE_OP, least: 1000,
            field: \.vdbeOperations),
        Kind(
            name: "functionArguments", option: "limit_function_arguments", code: SQLITE_LIMIT_FUNCTION_ARG, least: 1,
            field: \.functionArguments),
        Kind(
            name: "attachedDatabases", option: "limit_attached_databases", code: SQLITE_LIMIT_ATTACHED, least: 0,
            field: \.attachedDatabases),
        Kind(
            name: "likePatternLength", option: "limit_like_pattern_length", code: SQLITE_LIMIT_LIKE_PATTERN_LENGTH,
            least: 1, field: \.likePatternLength),
        Kind(
            name: "variables", option: "limit_variables", code: SQLITE_LIMIT_VARIABLE_NUMBER, least: 0,
            field: \.variables),
        Kind(
            name: "triggerDepth", option: "limit_trigger_depth", code: SQLITE_LIMIT_TRIGGER_DEPTH, least: 0,
            field: \.triggerDepth),
    ]

    /// Those that are not nil. Asked at every connect, and usually none.
    var given: [(kind: Kind, value: Int)] {
        if self == SQLite.Limits() { return [] }
        return Self.kinds.compactMap { kind in self[keyPath: kind.field].map { (kind, $0) } }
    }

    /// Takes from `other` what is nil here.
    func completed(by other: SQLite.Limits) -> SQLite.Limits {
        var limits = self
        for kind in Self.kinds where limits[keyPath: kind.field] == nil {
            limits[keyPath: kind.field] = other[keyPath: kind.field]
        }
        return limits
    }
}
