/// Stories that were played: a spike, an outage, a prediction that was put to the test.
struct ScenarioSection {
    var spikes: [SpikeReport]
    var outages: [OutageReport]
    var predictions: [PredictionReport]

    var html: HTML? {
        let figures =
            spikes.enumerated().map { SpikeFigure(spike: $0.element, number: $0.offset + 1).html }
            + outages.enumerated().map { OutageFigure(outage: $0.element, number: $0.offset + 1).html }
            + predictions.enumerated().map { PredictionFigure(prediction: $0.element, number: $0.offset + 1).html }
        if figures.isEmpty { return nil }
        return """
            <section id="scenarios" class="target" aria-labelledby="scenarios-title">
            <h2 id="scenarios-title">Scenarios</h2>
            \(figures.compactMap(\.self))</section>

            """
    }
}
