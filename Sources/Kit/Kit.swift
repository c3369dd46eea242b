package import Configuration
package import Packs

/// Everything that is generated from packs and configuration: pure, the same input gives the same bytes.
package enum Kit {
    /// All files, sorted by path.
    ///
    /// A further part of the kit is one more function here that returns its files.
    package static func files(packs: PackSet, settings: Settings.Kit) -> [GeneratedFile] {
        let catalog = packs.kit
        let files =
            DashboardFiles.files(catalog) + LintFiles.files(catalog) + ProvisioningFiles.files(catalog)
            + RuleFiles.files(catalog, settings) + RunbookFiles.files(catalog, settings)
            + AlertmanagerFiles.files(catalog, settings) + GrafanaAlertingFiles.files(catalog, settings)
        return files.sorted { $0.path < $1.path }
    }

    /// The folders that the boards lie in, by name.
    package static func folders(packs: PackSet) -> [GrafanaFolder] { GrafanaFolder.folders(packs.kit) }

    /// The boards alone, as files; by path.
    package static func boards(packs: PackSet) -> [GeneratedFile] {
        DashboardFiles.files(packs.kit).sorted { $0.path < $1.path }
    }
}
