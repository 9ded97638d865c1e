import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Servers of MariaDB that have to prove themselves", .timeLimit(.minutes(2)))
struct TLSTests {
    /// Not loopback by what is written, and yet here.
    private static let far = "127.1"

    private func failure(_ driver: MariaDB) async throws -> SQLError? {
        try await sqlError { await driver.close(try await driver.connect()) }
    }

    @Test(
        "F64: are refused with a certificate of nobody's, of another name or of yesterday",
        arguments: ["stranger", "elsewhere", "expired"])
    func refused(_ name: String) async throws {
        try await MariaDBServer.isolated("ssl-cert=../secret/\(name).crt", "ssl-key=../secret/\(name).key") { server in
            var driver = server.driver(as: MariaDBServer.user)
            driver.configuration.hosts[0].name = "localhost"
            // It is there, and nothing else is wrong with it.
            driver.configuration.tls = MariaDBTLS(mode: .require)
            #expect(try await failure(driver) == nil)
            for host in ["localhost", "127.0.0.1", Self.far] {
                driver.configuration.hosts[0].name = host
                // The mode is what these are by default.
                driver.configuration.tls = MariaDBTLS(rootCertificate: server.certificate("authority.crt"))
                let error = try await failure(driver)
                #expect(error?.kind == .cannotOpen, "\(host): \(error as Any)")
                #expect(error?.message.contains("shows a certificate that does not hold") == true, "\(error as Any)")
            }
        }
    }

    @Test("F64: do so by default if they are not on this machine, also for whoever says nothing about TLS")
    func byDefault() async throws {
        let server = try MariaDBServer.shared
        var driver = server.driver(as: MariaDBServer.user)
        driver.configuration.tls = MariaDBTLS()
        // In plaintext, as it is on this machine.
        #expect(try await failure(driver) == nil)
        driver.configuration.hosts[0].name = Self.far
        #expect(try await failure(driver)?.message.contains("certificate") == true)
        // A good certificate, for another name than the one that was asked for.
        driver.configuration.tls.rootCertificate = server.certificate("authority.crt")
        #expect(try await failure(driver)?.message.contains("certificate") == true)
        driver.configuration.hosts[0].name = "127.0.0.1"
        #expect(try await failure(driver) == nil)
    }

    @Test("F64: the session that stops a statement is encrypted, too")
    func stopping() async throws {
        let server = try MariaDBServer.shared
        // Who is refused in plaintext.
        var driver = server.driver(as: "tls_only")
        #expect(try await failure(driver)?.kind == .authentication)
        driver.configuration.tls = MariaDBTLS(rootCertificate: server.certificate("authority.crt"))
        try await driver.lending { handle, _ async throws -> Void in
            let session = try await handle.session()
            let error = try await sqlError {
                try await handle.until(.now + .milliseconds(200)).query("SELECT SLEEP(60)")
            }
            #expect(error?.kind == .interrupted, "\(error as Any)")
            #expect(try await handle.session() == session)
        }
    }

    @Test("F64: whatever the environment says of it")
    func environment() async {
        await #expect(processExitsWith: .success) {
            setenv("MARIADB_TLS_DISABLE_PEER_VERIFICATION", "1", 1)
            let server = try MariaDBServer.shared
            var driver = server.driver(as: MariaDBServer.user)
            for (host, authority) in [("127.0.0.1", "stranger.crt"), ("127.1", "authority.crt")] {
                driver.configuration.hosts[0].name = host
                driver.configuration.tls = MariaDBTLS(rootCertificate: server.certificate(authority))
                let error = try await sqlError { _ = try await driver.connect() }
                #expect(error?.message.contains("certificate") == true, "\(error as Any)")
            }
        }
    }
}
