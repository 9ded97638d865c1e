import PoolingCore
import ServiceContextModule
import Testing

private let notes = Shared<[String]>([])
private func note(_ line: String) { notes.change { $0.append(line) } }
private func loadFonts() async throws { note("fonts") }
private func unloadFonts() async { note("no fonts") }

private enum UserKey: ServiceContextKey { typealias Value = String }

/// The samples of the article for those who come from LoopBack, compiled and run.
@Suite(.serialized) struct ArticleTests {
    @Test func `a page is rendered, and the hooks of its renderer run`() async throws {
        let text = "hello"

        struct Renderer: Poolable {
            func start() async throws { try await loadFonts() }
            func stop() async throws { await unloadFonts() }
            func acquire(context: ServiceContext) async throws {
                note("a page for \(context[UserKey.self] ?? "nobody")")
            }
            func release() async throws { note("done") }
            func render(_ text: String) async throws -> String { "<p>\(text)</p>" }
        }

        let renderers = try Pool(ResourceDriver { Renderer() }, name: "renderers", configuration: .init(min: 1, max: 4))
        let page = try await renderers.withConnection { try await $0.render(text) }
        await renderers.shutdown()

        #expect(page == "<p>hello</p>")
        #expect(notes.value.contains("fonts") && notes.value.contains("a page for nobody"))
        #expect(notes.value.contains("no fonts"))
    }

    @Test func `a request has a renderer, and returns it at its end`() async throws {
        let service = Service(renderers: try Pool(ResourceDriver { 7 }))
        #expect(try await service.handle("a") == "7 a")
        #expect(service.renderers.statistics.released == 1)
        #expect(await service.renderers.shutdown().isClean)
    }
}

private enum RendererKey: ServiceContextKey { typealias Value = SharedLease<ResourceDriver<Int>> }

private struct Service {
    let renderers: Pool<ResourceDriver<Int>>

    func handle(_ request: String) async throws -> String {
        let lease = try await renderers.lease().shared()
        defer { lease.release() }
        var context = ServiceContext.current ?? .topLevel
        context[RendererKey.self] = lease
        return try await ServiceContext.withValue(context) { try await respond(to: request) }
    }

    func respond(to request: String) async throws -> String {
        "\(ServiceContext.current?[RendererKey.self]?.connection ?? 0) \(request)"
    }
}
