import Hummingbird
import PoolingCore
import PoolingSQL

/// What is served.
func routes<Driver: SQLDriver>(_ accounts: Accounts<Driver>, readiness: Readiness) -> Router<BasicRequestContext> {
    let router = Router()

    // Two questions, and neither takes a connection. Is the process alive? Whoever restarts it asks this one, and a
    // database that is away is no reason to: that would only add to its troubles.
    router.get("live") { _, _ in HTTPResponse.Status.ok }
    // Can it serve? Whoever sends it requests asks this one.
    router.get("ready") { _, _ in
        switch (readiness.isLeaving, accounts.pool.health) {
        case (true, _): Answer(.serviceUnavailable, "shutting down\n")
        case (_, .down(let cause)): Answer(.serviceUnavailable, "\(cause)\n")
        case (_, let health): Answer(.ok, "\(health)\n")
        }
    }

    router.get("accounts/{id}") { _, context in
        let id = try context.parameters.require("id", as: Int.self)
        return try await serving { Answer(.ok, "\(try await accounts.account(id).balance)\n") }
    }
    router.post("transfers/{from}/{to}/{amount}") { _, context in
        let (payer, payee) = try (
            context.parameters.require("from", as: Int.self), context.parameters.require("to", as: Int.self)
        )
        let amount = try context.parameters.require("amount", as: Int.self)
        if amount <= 0 || payer == payee { throw HTTPError(.badRequest) }
        return try await serving {
            try await accounts.transfer(amount, from: payer, to: payee)
            return Answer(.ok, "")
        }
    }
    router.get("total") { _, _ in
        try await serving { Answer(.ok, "\(try await accounts.total())\n") }
    }
    return router
}

/// Refusals as what HTTP has for them.
private func serving(_ body: () async throws -> Answer) async throws -> Answer {
    do {
        return try await body()
    } catch let refusal as Refusal {
        switch refusal {
        case .noSuchAccount(let id): return Answer(.notFound, "there is no account \(id)\n")
        case .notEnough(let id): return Answer(.conflict, "account \(id) has not enough\n")
        }
    } catch let error as PoolError {
        // No connection in time. The client may try again later; the cause is for the log, not for it.
        throw HTTPError(.serviceUnavailable, message: "\(error.code)")
    }
}

struct Answer: ResponseGenerator, Sendable {
    var status: HTTPResponse.Status
    var text: String

    init(_ status: HTTPResponse.Status, _ text: String) {
        self.status = status
        self.text = text
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        Response(status: status, headers: [.contentType: "text/plain"], body: .init(byteBuffer: .init(string: text)))
    }
}
