/// What is mutated. The canary stands wherever a password may, and in many places where none should.
enum Seeds {
    static let canary = "Zq9xVw7KpL"

    static let files: [String] = [
        """
        defaults:            # shared by all
          acquireTimeout: 5s
          max: 8
        pools:
          main:
            url: postgres://app@db.internal/app?sslmode=require
            password: \(canary)
            min: 2
            max: 20
            idleTimeout: 10 min
            validation: {afterIdle: 500ms}
            backoff: {initial: 50ms, multiplier: 2, cap: 10s}
          cache:
            url: sqlite:/srv/cache.db?pool_max=4

        """,
        """
        pools:
          users:
            url: "postgres://app:\(canary)@a,b:5433/app?target_session_attrs=read-write&pool_min=1"
            outagePolicy: {failAfter: null}
            maxLifetime: PT30M
          orders:
            url: 'mysql://app:\(canary)@[::1]:3306/shop?sslmode=verify-full&sslpassword=\(canary)'
            keepAliveInterval: never
            idleOrder: leastRecentlyUsed

        """,
        """
        pools:
          a: {url: postgres://app@h/d, password: {file: /run/\(canary)}, max: \(canary)}
          b: {url: sqlite:/srv/b.db, passwort: \(canary), \(canary): 3}
          c: {url: "\(canary)", acquireTimeout: \(canary), validation: {afterIdle: \(canary)}}
          d: {url: mariadb://app@h/d?pool_\(canary)=3&pool_max=\(canary), password: {env: \(canary)}}

        """,
        """
        defaults: {password: \(canary), validation: \(canary), backoff: {initial: \(canary)}}
        pools:
          main:
            url: postgres://app:\(canary):\(canary)@db:\(canary)/app?password=\(canary)&options=-c%20x%3D\(canary)
            password:
              - \(canary)
          "\(canary) x": {url: sqlite:a}

        """,
        """
        pools:
          main:
            url: mariadb://app@db/app
            password: |
              \(canary)
            idleOrder: \(canary)
            nestedAcquire: >-
              \(canary)
            max: !!int \(canary)
            validatesOnReturn: "\(canary)

        """,
        """
        {"defaults": {"max": 12, "leakThreshold": "30s", "validatesOnReturn": true},
         "pools": {"main": {"url": "postgresql://app:\(canary)@db/app", "min": 1, "maxUses": null},
         "jobs": {"url": "sqlite:jobs.db?busy_timeout=2s&pool_idle_timeout=none", "suspensionPolicy": "fail"},
         "web": {"url": "mariadb://app@db/app", "password": "\(canary)", "lifetimeJitter": 0.5}}}
        """,
        """
        {"pools":\t{
        \t"main":\t{"url":"postgres:\\/\\/app@db\\/app",\t"password":"\\u005a\(canary)\\ud83d\\ude00"},
        \t"odd":\t{"url":"loose://app:\(canary)@host/db?key=\(canary)","max":"\(canary)","min":[\(canary)]}
        }}
        """,
    ]

    static let environments: [[String: String]] = [
        [:], [:], ["POOLS_MAIN_MAX": "9", "POOLS_DEFAULTS_MIN": "1"], ["POOLS_MAIN_PASSWORD": canary],
        ["POOLS_MAIN_URL": "postgres://app:\(canary)@db/app?pool_max=\(canary)"], ["POOLS_MAIN_MAXX": canary],
        ["POOLS_MAIN_ACQUIRE_TIMEOUT": canary, "POOLS_ORDERS_PASSWORD_FILE": canary], [canary: canary],
        ["POOLS_DEFAULTS_PASSWORD_ENV": "KEY", "KEY": canary], ["POOLS_CACHE_URL": canary],
    ]

    static let urls: [String] = [
        "postgres://app:\(canary)@db:5432/app?sslmode=require&pool_min=2&pool_max=20&pool_acquire_timeout=5s",
        "sqlite:/srv/\(canary)?pool_max=4&pool_validation=never&key=\(canary)",
        "mariadb://app:\(canary)@[::1]/d?pool_\(canary)=1&pool_max=\(canary)",
        "\(canary):\(canary)@\(canary)/?pool_idle_timeout=\(canary)&pool%5Fmax=%\(canary)",
        "loose://\(canary)?pool_backoff_cap=10%20min&pool_outage_policy=failAfter%201s#\(canary)",
    ]

    /// What is put into files.
    static let words = [
        "null", "~", "none", "[", "]", "{", "}", ":", ": ", ",", "- ", "? ", "&a ", "*a", "!!str ", "! ", "|", ">",
        "\"",
        "'", "#", " #", "---\n", "...\n", "%YAML 1.1\n", "\n", "\t", "  ", "\r\n", "\u{FEFF}", "\u{85}", "\u{0}", "\\",
        "\\ud83d", "\\u0041", "5s", "10min", "PT1M", "-1", "0", "1e9", "99999999999999999999", "true", "@", "/", "%",
        "%4",
        "%00", "<<: ", "pools", "defaults", "max", "min", "url", "password", "file", "env", "pool_max=3&", "?", "&",
        "=",
        canary, "\(canary): ", "\(canary), ", "{\(canary)}", "ä", "👩‍👩‍👧", "-", "_", ".",
    ]
}
