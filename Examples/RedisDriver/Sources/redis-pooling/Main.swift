import PoolingCommandLine

@main struct Main {
    static func main() async {
        var tool = PoolingTool()
        tool.drivers.register(RedisBenchmark())
        await tool.run()
    }
}
