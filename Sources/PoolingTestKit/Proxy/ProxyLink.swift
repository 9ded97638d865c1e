/// A client's connection and the one that was made to the server for it.
struct ProxyLink {
    let client: Socket
    let server: Socket
    var isConnected = false
    var toServer = ProxyFlow()
    var toClient = ProxyFlow()

    var isFinished: Bool { toServer.isFinished && toClient.isFinished }

    func close() {
        client.release()
        server.release()
    }

    func reset() {
        client.reset()
        server.reset()
    }
}
