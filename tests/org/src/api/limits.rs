//! Limits of the org, and how many records it has.
//!
//! It never limits anything itself: `identity` counts requests.

use super::{Api, ApiRequest, Reply, Result, parameter};
use crate::store::Actor;
use serde_json::{Map, Value, json};

/// Limits that nothing here uses up. Source: REST API guide, "List Organization Limits"; Enterprise Edition.
const UNUSED: &[(&str, u64)] = &[
    ("AnalyticsExternalDataSizeMB", 40_960),
    ("ConcurrentAsyncGetReportInstances", 200),
    ("ConcurrentEinsteinDataInsightsStoryCreation", 5),
    ("ConcurrentEinsteinDiscoveryStoryCreation", 2),
    ("ConcurrentSyncReportRuns", 20),
    ("DailyAnalyticsDataflowJobExecutions", 60),
    ("DailyAnalyticsUploadedFilesSizeMB", 51_200),
    ("DailyAsyncApexExecutions", 250_000),
    ("DailyAsyncApexTests", 500),
    ("DailyBulkApiBatches", 15_000),
    ("DailyBulkV2QueryFileStorageMB", 976_562),
    ("DailyDurableGenericStreamingApiEvents", 10_000),
    ("DailyDurableStreamingApiEvents", 10_000),
    ("DailyDeliveredPlatformEvents", 10_000),
    ("DailyEinsteinDataInsightsStoryCreation", 1_000),
    ("DailyEinsteinDiscoveryPredictAPICalls", 50_000),
    ("DailyEinsteinDiscoveryPredictionsByCDC", 5_000_000),
    ("DailyEinsteinDiscoveryStoryCreation", 100),
    ("DailyFunctionsApiCallLimit", 235_000),
    ("DailyGenericStreamingApiEvents", 10_000),
    ("DailyStandardVolumePlatformEvents", 10_000),
    ("DailyStreamingApiEvents", 10_000),
    ("DailyWorkflowEmails", 1_000),
    ("DataStorageMB", 1_073),
    ("DurableStreamingApiConcurrentClients", 20),
    ("FileStorageMB", 1_073),
    ("HourlyAsyncReportRuns", 1_200),
    ("HourlyDashboardRefreshes", 200),
    ("HourlyDashboardResults", 5_000),
    ("HourlyDashboardStatuses", 999_999_999),
    ("HourlyLongTermIdMapping", 100_000),
    ("HourlyManagedContentPublicRequests", 50_000),
    ("HourlyODataCallout", 1_000),
    ("HourlyPublishedPlatformEvents", 50_000),
    ("HourlyPublishedStandardVolumePlatformEvents", 1_000),
    ("HourlyShortTermIdMapping", 100_000),
    ("HourlySyncReportRuns", 500),
    ("HourlyTimeBasedWorkflow", 1_000),
    ("MassEmail", 5_000),
    ("MonthlyEinsteinDiscoveryStoryCreation", 500),
    ("MonthlyPlatformEventsUsageEntitlement", 0),
    ("Package2VersionCreates", 6),
    ("Package2VersionCreatesWithoutValidation", 500),
    ("PlatformEventTriggersWithParallelProcessing", 5),
    ("PrivateConnectOutboundCalloutHourlyLimitMB", 0),
    ("PublishCallbackUsageInApex", 5),
    ("SingleEmail", 5_000),
    ("StreamingApiConcurrentClients", 20),
];

/// Query jobs a day.
const JOBS: u64 = 10_000;

/// Permission sets of the org's own.
const SETS: usize = 1_500;

impl Api<'_> {
    pub(super) fn limits(&self) -> Reply {
        let pair = |max: u64, left: u64| json!({ "Max": max, "Remaining": left });
        let mut all: Map<String, Value> =
            UNUSED.iter().map(|(name, max)| ((*name).to_owned(), pair(*max, *max))).collect();
        let daily = self.org.identity.api_limit;
        let left = daily.saturating_sub(self.org.api_requests);
        all.insert("DailyApiRequests".into(), pair(daily, left));
        let jobs = u64::try_from(self.org.jobs.len()).unwrap_or(0);
        all.insert("DailyBulkV2QueryJobs".into(), pair(JOBS, JOBS.saturating_sub(jobs)));
        let sets =
            self.org.rows("PermissionSet").filter(|set| set.get("IsCustom") == Some(&json!(true))).count();
        let left = json!({ "Max": SETS, "Remaining": SETS.saturating_sub(sets) });
        let mut sets = left.clone();
        crate::store::set(&mut sets, "CreateCustom", left);
        all.insert("PermissionSets".into(), sets);
        all.sort_keys();
        Reply::ok("LimitsSnapshot", Value::Object(all))
    }

    /// Records of the named objects, or of all; those with none are left out, as recorded.
    pub(super) fn record_count(&self, actor: &Actor, request: &ApiRequest) -> Result<Reply> {
        let wanted: Option<Vec<String>> = parameter(&request.query, "sObjects")
            .map(|names| names.split(',').map(|name| name.trim().to_lowercase()).collect());
        let named = |name: &str| wanted.as_ref().is_none_or(|all| all.contains(&name.to_lowercase()));
        let counts: Vec<Value> = self
            .org
            .schema
            .objects()
            .filter(|object| named(&object.name) && self.org.sees(&actor.user_id, object))
            .map(|object| (object, self.org.rows(&object.name).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(object, count)| json!({ "count": count, "name": object.name }))
            .collect();
        Ok(Reply::ok("RecordCount", json!({ "sObjects": counts })))
    }
}
