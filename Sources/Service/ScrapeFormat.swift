import Exposition

/// The format that a scraper gets, and how names are written in it.
struct ScrapeFormat: Equatable {
    let format: ExpositionFormat
    let escaping: NameEscaping

    /// The Content-Type of the answer.
    var contentType: String { format.contentType(escaping) }

    /// Text 0.0.4: for those who ask for nothing, or for nothing that we have.
    static let standard = ScrapeFormat(format: .text, escaping: .underscores)

    /// Chooses by a request's Accept headers: of what we have, that with the highest weight, of several the first.
    ///
    /// What Prometheus 3.14 sends:
    /// `application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,` version 0.0.1 with 0.5,
    /// `text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`, and before
    /// these the protobuf where it wants created timestamps or native histograms.
    static func negotiated(accept values: [String]) -> ScrapeFormat {
        var best: (element: AcceptList.Element, format: ExpositionFormat)?
        for element in AcceptList(values).elements where element.weight > best?.element.weight ?? 0 {
            if let format = format(element) { best = (element, format) }
        }
        guard let best else { return standard }
        let asked = best.element.parameters["escaping"].flatMap { NameEscaping(rawValue: $0.lowercased()) }
        return ScrapeFormat(format: best.format, escaping: asked ?? .underscores)
    }

    /// The format that an element of the list names; nil where we have it not.
    private static func format(_ element: AcceptList.Element) -> ExpositionFormat? {
        let version = element.parameters["version"]
        switch element.name {
        case "application/openmetrics-text": return version == nil || version == "1.0.0" ? .openMetrics : nil
        case "text/plain": return version == nil || version == "0.0.4" ? .text : nil
        case "text/*", "*/*": return .text
        case "application/vnd.google.protobuf":
            let isOurs =
                element.parameters["proto"] == "io.prometheus.client.MetricFamily"
                && element.parameters["encoding"] == "delimited"
            return isOurs ? .protobuf : nil
        default: return nil
        }
    }
}
