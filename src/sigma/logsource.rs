//! A rule's `logsource` → the channels and event ids it is about, and under which names their fields go.
//!
//! Services are those of SigmaHQ's appendix "taxonomy"; categories those that Windows' own or Sysmon's events answer.

use rsigma_parser::LogSource;

/// How the field names of a rule are looked up in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// As they are.
    Plain,
    /// Sysmon's names for a process creation, answered by Security 4688.
    Process,
}

/// Events that a rule may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// Empty: any.
    pub channel: &'static str,
    /// Empty: any.
    pub ids: &'static [u64],
    pub view: View,
}

impl Route {
    pub fn takes(&self, channel: &str, id: u64) -> bool {
        (self.channel.is_empty() || self.channel.eq_ignore_ascii_case(channel))
            && (self.ids.is_empty() || self.ids.contains(&id))
    }
}

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";
const POWERSHELL: &str = "Microsoft-Windows-PowerShell/Operational";
const POWERSHELL_CORE: &str = "PowerShellCore/Operational";
const POWERSHELL_CLASSIC: &str = "Windows PowerShell";

const fn plain(channel: &'static str, ids: &'static [u64]) -> Route {
    Route { channel, ids, view: View::Plain }
}

static ANY: [Route; 1] = [plain("", &[])];

/// Service → channels.
#[rustfmt::skip]
static SERVICES: &[(&str, &[&str])] = &[
    ("application", &["Application"]),
    ("applocker", &[
        "Microsoft-Windows-AppLocker/EXE and DLL", "Microsoft-Windows-AppLocker/MSI and Script",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment", "Microsoft-Windows-AppLocker/Packaged app-Execution",
    ]),
    ("appmodel-runtime", &["Microsoft-Windows-AppModel-Runtime/Admin"]),
    ("appxdeployment-server", &["Microsoft-Windows-AppXDeploymentServer/Operational"]),
    ("appxpackaging-om", &["Microsoft-Windows-AppxPackaging/Operational"]),
    ("bits-client", &["Microsoft-Windows-Bits-Client/Operational"]),
    ("capi2", &["Microsoft-Windows-CAPI2/Operational"]),
    ("certificateservicesclient-lifecycle-system", &["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"]),
    ("codeintegrity-operational", &["Microsoft-Windows-CodeIntegrity/Operational"]),
    ("dhcp", &["Microsoft-Windows-DHCP-Server/Operational"]),
    ("diagnosis-scripted", &["Microsoft-Windows-Diagnosis-Scripted/Operational"]),
    ("dns-client", &["Microsoft-Windows-DNS Client Events/Operational", "Microsoft-Windows-DNS-Client/Operational"]),
    ("dns-server", &["DNS Server"]),
    ("dns-server-analytic", &["Microsoft-Windows-DNS-Server/Analytical"]),
    ("driver-framework", &["Microsoft-Windows-DriverFrameworks-UserMode/Operational"]),
    ("firewall-as", &["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"]),
    ("hyper-v-worker", &["Microsoft-Windows-Hyper-V-Worker"]),
    ("iis-configuration", &["Microsoft-IIS-Configuration/Operational"]),
    ("kernel-event-tracing", &["Microsoft-Windows-Kernel-EventTracing"]),
    ("kernel-shimengine", &["Microsoft-Windows-Kernel-ShimEngine/Operational"]),
    ("ldap", &["Microsoft-Windows-LDAP-Client/Debug"]),
    ("lsa-server", &["Microsoft-Windows-LSA/Operational"]),
    ("microsoft-servicebus-client", &["Microsoft-ServiceBus-Client"]),
    ("msexchange-management", &["MSExchange Management"]),
    ("ntfs", &["Microsoft-Windows-Ntfs/Operational"]),
    ("ntlm", &["Microsoft-Windows-NTLM/Operational"]),
    ("openssh", &["OpenSSH/Operational"]),
    ("powershell", &[POWERSHELL, POWERSHELL_CORE]),
    ("powershell-classic", &[POWERSHELL_CLASSIC]),
    ("printservice-admin", &["Microsoft-Windows-PrintService/Admin"]),
    ("printservice-operational", &["Microsoft-Windows-PrintService/Operational"]),
    ("security", &["Security"]),
    ("security-mitigations", &["Microsoft-Windows-Security-Mitigations/Kernel Mode", "Microsoft-Windows-Security-Mitigations/User Mode"]),
    ("sense", &["Microsoft-Windows-SENSE/Operational"]),
    ("shell-core", &["Microsoft-Windows-Shell-Core/Operational"]),
    ("smbclient-connectivity", &["Microsoft-Windows-SmbClient/Connectivity"]),
    ("smbclient-security", &["Microsoft-Windows-SmbClient/Security"]),
    ("smbserver-connectivity", &["Microsoft-Windows-SMBServer/Connectivity"]),
    ("sysmon", &[SYSMON]),
    ("system", &["System"]),
    ("taskscheduler", &["Microsoft-Windows-TaskScheduler/Operational"]),
    ("terminalservices-localsessionmanager", &["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"]),
    ("terminalservices-remoteconnectionmanager", &["Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"]),
    ("vhdmp", &["Microsoft-Windows-VHDMP/Operational"]),
    ("wfp", &["Microsoft-Windows-WFP/Operational"]),
    ("windefend", &["Microsoft-Windows-Windows Defender/Operational"]),
    ("wmi", &["Microsoft-Windows-WMI-Activity/Operational"]),
];

/// Category → events.
#[rustfmt::skip]
static CATEGORIES: &[(&str, &[Route])] = &[
    ("process_creation", &[plain(SYSMON, &[1]), Route { channel: "Security", ids: &[4688], view: View::Process }]),
    ("file_change", &[plain(SYSMON, &[2])]),
    ("network_connection", &[plain(SYSMON, &[3])]),
    ("sysmon_status", &[plain(SYSMON, &[4, 16])]),
    ("process_termination", &[plain(SYSMON, &[5])]),
    ("driver_load", &[plain(SYSMON, &[6])]),
    ("image_load", &[plain(SYSMON, &[7])]),
    ("create_remote_thread", &[plain(SYSMON, &[8])]),
    ("raw_access_thread", &[plain(SYSMON, &[9])]),
    ("process_access", &[plain(SYSMON, &[10])]),
    ("file_event", &[plain(SYSMON, &[11])]),
    ("registry_add", &[plain(SYSMON, &[12])]),
    ("registry_delete", &[plain(SYSMON, &[12])]),
    ("registry_set", &[plain(SYSMON, &[13])]),
    ("registry_rename", &[plain(SYSMON, &[14])]),
    ("registry_event", &[plain(SYSMON, &[12, 13, 14])]),
    ("create_stream_hash", &[plain(SYSMON, &[15])]),
    ("pipe_created", &[plain(SYSMON, &[17, 18])]),
    ("wmi_event", &[plain(SYSMON, &[19, 20, 21])]),
    ("dns_query", &[plain(SYSMON, &[22])]),
    ("file_delete", &[plain(SYSMON, &[23, 26])]),
    ("clipboard_capture", &[plain(SYSMON, &[24])]),
    ("process_tampering", &[plain(SYSMON, &[25])]),
    ("file_block_executable", &[plain(SYSMON, &[27])]),
    ("file_block_shredding", &[plain(SYSMON, &[28])]),
    ("file_executable_detected", &[plain(SYSMON, &[29])]),
    ("sysmon_error", &[plain(SYSMON, &[255])]),
    ("ps_module", &[plain(POWERSHELL, &[4103]), plain(POWERSHELL_CORE, &[4103])]),
    ("ps_script", &[plain(POWERSHELL, &[4104]), plain(POWERSHELL_CORE, &[4104])]),
    ("ps_classic_start", &[plain(POWERSHELL_CLASSIC, &[400])]),
    ("ps_classic_provider_start", &[plain(POWERSHELL_CLASSIC, &[600])]),
    ("ps_classic_script", &[plain(POWERSHELL_CLASSIC, &[800])]),
];

/// The events a log source names.
///
/// # Errors
/// A sentence, where no Windows log answers to it.
pub fn routes(source: &LogSource) -> Result<Vec<Route>, String> {
    let given =
        |text: &Option<String>| text.as_deref().map(str::to_ascii_lowercase).filter(|t| !t.is_empty());
    let (product, category, service) =
        (given(&source.product), given(&source.category), given(&source.service));
    if let Some(product) = product.filter(|p| p != "windows") {
        return Err(format!("it is about {product}, not about a Windows event log"));
    }
    let by_category = match &category {
        None => None,
        Some(c) => {
            let known = CATEGORIES.iter().find(|(name, _)| name == c);
            Some(known.ok_or(format!("no Windows event log is known for its category “{c}”"))?.1)
        }
    };
    let by_service = match &service {
        None => None,
        Some(s) => {
            let known = SERVICES.iter().find(|(name, _)| name == s);
            Some(known.ok_or(format!("no Windows event log is known for its service “{s}”"))?.1)
        }
    };
    Ok(match (by_category, by_service) {
        (None, None) => ANY.to_vec(),
        (None, Some(channels)) => channels.iter().map(|c| plain(c, &[])).collect(),
        (Some(routes), None) => routes.to_vec(),
        (Some(routes), Some(channels)) => {
            let both: Vec<Route> = routes.iter().filter(|r| channels.contains(&r.channel)).copied().collect();
            if both.is_empty() { channels.iter().map(|c| plain(c, &[])).collect() } else { both }
        }
    })
}

/// How people call a channel.
pub fn label(channel: &str) -> &str {
    match channel {
        SYSMON => "Sysmon",
        POWERSHELL | POWERSHELL_CORE => "PowerShell",
        c => c.strip_prefix("Microsoft-Windows-").unwrap_or(c),
    }
}
