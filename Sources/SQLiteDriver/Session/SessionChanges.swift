/// What borrowers have changed on a connection that would reach the next one (F53).
struct SessionChanges: Sendable {
    /// Settings that can be put back, by their names in lower case.
    var pragmas: Set<String> = []
    /// A setting that can't: the connection is replaced.
    var irreversible: String?
    /// Temporary tables, views or triggers were made or dropped.
    var temporaries = false
    /// Databases were attached or detached.
    var attachments = false

    var isEmpty: Bool { pragmas.isEmpty && irreversible == nil && !temporaries && !attachments }

    mutating func formUnion(_ other: SessionChanges) {
        pragmas.formUnion(other.pragmas)
        irreversible = irreversible ?? other.irreversible
        temporaries = temporaries || other.temporaries
        attachments = attachments || other.attachments
    }

    /// - Parameter schema: whose setting it is, if that was said. Only those of the main database are noted.
    mutating func add(pragma name: String, of schema: String?) {
        let name = name.lowercased()
        if Self.restorable.contains(name), schema == nil || schema == "main" {
            pragmas.insert(name)
        } else if !Self.harmless.contains(name) {
            irreversible = name
        }
    }

    /// Settings of a connection that read as a number which sets them again.
    private static let restorable: Set<String> = [
        "analysis_limit", "automatic_index", "busy_timeout", "cache_size", "cell_size_check", "checkpoint_fullfsync",
        "count_changes", "defer_foreign_keys", "empty_result_callbacks", "foreign_keys", "full_column_names",
        "fullfsync", "ignore_check_constraints", "journal_size_limit", "legacy_alter_table", "max_page_count",
        "mmap_size", "query_only", "read_uncommitted", "recursive_triggers", "reverse_unordered_selects",
        "short_column_names", "synchronous", "temp_store", "threads", "trusted_schema", "wal_autocheckpoint",
        "writable_schema",
    ]

    /// They take a value and leave nothing on the connection: what they ask for, or what is the file's own.
    private static let harmless: Set<String> = [
        "application_id", "auto_vacuum", "collation_list", "compile_options", "data_version", "database_list",
        "encoding", "foreign_key_check", "foreign_key_list", "freelist_count", "function_list", "incremental_vacuum",
        "index_info", "index_list", "index_xinfo", "integrity_check", "module_list", "optimize", "page_count",
        "page_size", "pragma_list", "quick_check", "schema_version", "shrink_memory", "stats", "table_info",
        "table_list", "table_xinfo", "user_version", "wal_checkpoint",
    ]
}
