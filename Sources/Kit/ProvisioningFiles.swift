import Packs

/// What Grafana reads at its start.
enum ProvisioningFiles {
    /// Data sources and dashboard folders; Grafana takes the addresses from its environment.
    static func files(_ catalog: KitCatalog) -> [GeneratedFile] {
        [
            GeneratedFile(path: "Grafana/provisioning/datasources/spanmeter.yml", text: datasources),
            GeneratedFile(path: "Grafana/provisioning/dashboards/spanmeter.yml", text: dashboards(catalog)),
        ]
    }

    private static func dashboards(_ catalog: KitCatalog) -> String {
        var yaml = YAMLText()
        yaml.line("apiVersion: 1", indent: 0)
        let folders = GrafanaFolder.folders(catalog)
        if folders.isEmpty {
            yaml.line("providers: []", indent: 0)
            return yaml.text
        }
        yaml.key("providers", indent: 0)
        for folder in folders {
            yaml.pair("- name", folder.uid, indent: 2)
            yaml.line("orgId: 1", indent: 4)
            yaml.pair("type", "file", indent: 4)
            yaml.pair("folder", folder.title, indent: 4)
            yaml.pair("folderUid", folder.uid, indent: 4)
            yaml.line("disableDeletion: false", indent: 4)
            yaml.line("allowUiUpdates: false", indent: 4)
            yaml.line("updateIntervalSeconds: 30", indent: 4)
            yaml.key("options", indent: 4)
            yaml.pair("path", "/etc/grafana/dashboards/\(folder.name)", indent: 6)
            yaml.line("foldersFromFilesStructure: false", indent: 6)
        }
        return yaml.text
    }

    private static var datasources: String {
        var yaml = YAMLText()
        yaml.lines(
            """
            apiVersion: 1
            prune: true
            datasources:
              - name: Prometheus
                uid: prometheus
                type: prometheus
                access: proxy
                url: ${GRAFANA_PROMETHEUS_URL}
                isDefault: true
                editable: false
                jsonData:
                  httpMethod: POST
                  timeInterval: 15s
                  prometheusType: Prometheus
                  cacheLevel: Low
                  manageAlerts: true
                  alertmanagerUid: alertmanager
                  exemplarTraceIdDestinations:
                    - name: trace_id
                      datasourceUid: tempo
                      urlDisplayLabel: View trace
              - name: Alertmanager
                uid: alertmanager
                type: alertmanager
                access: proxy
                url: ${GRAFANA_ALERTMANAGER_URL}
                editable: false
                jsonData:
                  implementation: prometheus
                  handleGrafanaManagedAlerts: false
              - name: Tempo
                uid: tempo
                type: tempo
                access: proxy
                url: ${GRAFANA_TEMPO_URL}
                editable: false
                jsonData:
                  nodeGraph:
                    enabled: true
                  serviceMap:
                    datasourceUid: prometheus
                  # A doubled dollar stays one; Grafana fills in the tags of the span that was clicked.
                  tracesToMetrics:
                    datasourceUid: prometheus
                    spanStartTimeShift: -10m
                    spanEndTimeShift: 10m
                    tags:
                      - key: service.name
                        value: service
                    queries:
                      - name: Calls a second by status
                        query: sum by (status_code) (rate(traces_spanmetrics_calls_total{$$__tags}[5m]))
                      - name: Latency, 95 % of calls
                        query: histogram_quantile(0.95, sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags}[5m])))
            """)
        return yaml.text
    }
}
