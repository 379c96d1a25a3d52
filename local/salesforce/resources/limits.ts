import { apiError } from '../errors.ts';
import type { Resource } from '../resource.ts';

/** The other keys of the example in "List Org Limits", with an Enterprise org's usual allocations. None is used. */
const ALLOCATIONS: Readonly<Record<string, number>> = {
  ActiveScratchOrgs: 40,
  AnalyticsExternalDataSizeMB: 40_960,
  ConcurrentAsyncGetReportInstances: 200,
  ConcurrentEinsteinDataInsightsStoryCreation: 5,
  ConcurrentEinsteinDiscoveryStoryCreation: 2,
  ConcurrentSyncReportRuns: 20,
  DailyAnalyticsDataflowJobExecutions: 60,
  DailyAnalyticsUploadedFilesSizeMB: 51_200,
  DailyAsyncApexExecutions: 250_000,
  DailyAsyncApexTests: 500,
  DailyBulkApiBatches: 15_000,
  DailyBulkV2QueryFileStorageMB: 976_562,
  DailyBulkV2QueryJobs: 10_000,
  DailyDeliveredPlatformEvents: 50_000,
  DailyDurableGenericStreamingApiEvents: 10_000,
  DailyDurableStreamingApiEvents: 10_000,
  DailyEinsteinDataInsightsStoryCreation: 1_000,
  DailyEinsteinDiscoveryPredictAPICalls: 50_000,
  DailyEinsteinDiscoveryPredictionsByCDC: 500_000,
  DailyEinsteinDiscoveryStoryCreation: 100,
  DailyFunctionsApiCallLimit: 235_000,
  DailyGenericStreamingApiEvents: 10_000,
  DailyScratchOrgs: 80,
  DailyStandardVolumePlatformEvents: 25_000,
  DailyStreamingApiEvents: 10_000,
  DailyWorkflowEmails: 100_000,
  DataStorageMB: 10_240,
  DurableStreamingApiConcurrentClients: 1_000,
  FileStorageMB: 10_240,
  HourlyAsyncReportRuns: 1_200,
  HourlyDashboardRefreshes: 200,
  HourlyDashboardResults: 5_000,
  HourlyDashboardStatuses: 999_999_999,
  HourlyLongTermIdMapping: 100_000,
  HourlyManagedContentPublicRequests: 50_000,
  HourlyODataCallout: 20_000,
  HourlyPublishedPlatformEvents: 250_000,
  HourlyPublishedStandardVolumePlatformEvents: 100_000,
  HourlyShortTermIdMapping: 100_000,
  HourlySyncReportRuns: 500,
  HourlyTimeBasedWorkflow: 1_000,
  MassEmail: 5_000,
  MonthlyEinsteinDiscoveryStoryCreation: 500,
  Package2VersionCreates: 6,
  Package2VersionCreatesWithoutValidation: 500,
  PlatformEventTriggersWithParallelProcessing: 5,
  PrivateConnectOutboundCalloutHourlyLimitMB: 0,
  SingleEmail: 5_000,
  StreamingApiConcurrentClients: 1_000,
};

const limit = (max: number, used = 0) => ({ Max: max, Remaining: Math.max(0, max - used) });

const unused = Object.fromEntries(
  Object.entries(ALLOCATIONS).map(([key, max]) => [key, limit(max)]),
);

/** "Limits" and "Record Count". */
export const limits: readonly Resource[] = [
  {
    path: '/limits',
    methods: {
      GET: (_request, { settings }) => {
        const { viewSetup, dailyApiRequests, apiRequestsUsed, writes } = settings.current;
        // The page names the permission; status, code and text of the refusal are a guess.
        if (!viewSetup)
          throw apiError(
            403,
            'INSUFFICIENT_ACCESS',
            'You need the View Setup and Configuration permission to see the limits',
          );
        const full = writes === 'storage-full' ? { DataStorageMB: limit(10_240, 10_240) } : {};
        const body = {
          ...unused,
          ...full,
          PermissionSets: { ...limit(1_500), CreateCustom: limit(1_000) },
          DailyApiRequests: limit(dailyApiRequests, apiRequestsUsed),
        };
        return { status: 200, body };
      },
    },
  },
  {
    path: '/limits/recordCount',
    methods: {
      GET: ({ query }, { schema, sObject, database }) => {
        const names = query.get('sObjects')?.split(',');
        const types = names?.flatMap((name) => sObject(name.trim()) ?? []) ?? schema.all();
        const sObjects = types.map((type) => ({
          count: database.rows(type).length,
          name: type.name,
        }));
        return { status: 200, body: { sObjects } };
      },
    },
  },
];
