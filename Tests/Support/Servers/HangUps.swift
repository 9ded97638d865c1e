internal import Foundation
internal import PoolingCore

package enum HangUps {
    /// Waits until every hang-up of before was noticed: they are noticed in their order, and one more is made here.
    package static func areNoticed() async throws {
        var descriptors: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &descriptors) == 0 else { return }
        let socket = EventSocket(descriptors[0])
        close(descriptors[1])
        _ = try await eventually { socket.isHungUp }
        socket.close()
        close(descriptors[0])
    }
}
