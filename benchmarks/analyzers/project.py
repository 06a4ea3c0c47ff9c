"""Writes a web project of 1,000 files into a folder: services, endpoints, background loops, and a tenth that uses the library."""
import sys
from pathlib import Path

folder, packages, version = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

SERVICE = """
namespace Fleet.Area{area};

public sealed record Item{n}(Guid Id, string Name, int Size, DateTimeOffset CreatedAt, IReadOnlyList<string> Tags);

public interface IStore{n}
{{
    Task<IReadOnlyList<Item{n}>> FindAsync(string name, CancellationToken cancellationToken);

    Task SaveAsync(Item{n} item, CancellationToken cancellationToken);
}}

public sealed class Service{n}(IStore{n} store, TimeProvider time, ILogger<Service{n}> logger)
{{
    private readonly Dictionary<string, List<Item{n}>> _byName = new(StringComparer.OrdinalIgnoreCase);

    public async Task<IReadOnlyList<Item{n}>> FindAsync(string name, int limit, CancellationToken cancellationToken)
    {{
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_byName.TryGetValue(name, out var known) && known.Count >= limit)
        {{
            return known.Take(limit).ToList();
        }}

        var found = await store.FindAsync(name, cancellationToken);
        var recent = found.Where(i => i.CreatedAt > time.GetUtcNow().AddDays(-{days})).OrderByDescending(i => i.CreatedAt).ThenBy(i => i.Name).ToList();
        foreach (var group in recent.GroupBy(i => i.Name))
        {{
            _byName[group.Key] = group.ToList();
        }}

        logger.LogInformation("{{Count}} items of {{Name}} were found", recent.Count, name);
        return recent.Take(limit).ToList();
    }}

    public async Task<Item{n}> AddAsync(string name, IEnumerable<string> tags, CancellationToken cancellationToken)
    {{
        var item = new Item{n}(Guid.NewGuid(), name.Trim(), name.Length, time.GetUtcNow(), tags.Select(t => t.ToUpperInvariant()).Distinct().ToList());
        for (var attempt = 1; ; attempt++)
        {{
            try
            {{
                await store.SaveAsync(item, cancellationToken);
                return item;
            }}
            catch (TimeoutException exception) when (attempt < 3)
            {{
                logger.LogWarning(exception, "Attempt {{Attempt}} to save {{Name}} failed", attempt, $"{{item.Name}} ({{item.Size}})");
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancellationToken);
            }}
        }}
    }}

    public string Describe(Item{n} item) => item.Size switch
    {{
        0 => "empty",
        < 10 => $"{{item.Name}} is small",
        < 100 => $"{{item.Name}} has {{item.Tags.Count}} tags",
        _ => string.Join(", ", item.Tags.Select((t, i) => $"{{i + 1}}: {{t}}")),
    }};
}}
"""

ENDPOINTS = """
namespace Fleet.Area{area};

public sealed record Request{n}(string Name, int Count);

public static class Endpoints{n}
{{
    public static IEndpointRouteBuilder MapArea{n}(this IEndpointRouteBuilder endpoints)
    {{
        var group = endpoints.MapGroup("/area{n}").WithTags("area{n}");
        group.MapGet("/{{name}}", async (string name, HttpContext context) =>
        {{
            await Task.Delay(1, context.RequestAborted);
            return Results.Ok(new {{ name, length = name.Length }});
        }});
        group.MapPost("/", (Request{n} request) => request.Count > {days} ? Results.BadRequest($"{{request.Name}} is too many") : Results.Accepted($"/area{n}/{{request.Name}}"));
        group.MapDelete("/{{id:guid}}", (Guid id) => Results.NoContent());
        return endpoints;
    }}
}}
"""

LOOP = """
using Cliply.Diagnostics.Collection;

namespace Fleet.Area{area};

public sealed class Loop{n}(IFleetDiagnostics diagnostics, ILogger<Loop{n}> logger) : BackgroundService
{{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {{
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds({days}));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {{
            var reading = await diagnostics.DiagnoseAsync(stoppingToken);
            foreach (var diagnosis in reading.Report.Diagnoses.Where(d => d.SymptomOf.Count == 0))
            {{
                logger.LogWarning("{{Code}}: {{Summary}}", diagnosis.Code, diagnosis.Summary);
            }}
        }}
    }}
}}
"""

SCENARIO = """
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Fleet.Area{area};

internal sealed class Kind{n}WaitsScenario : IScenario
{{
    private const string Kind = "KIND_{n}";

    public string Code => "kind-{n}-waits";

    public Diagnosis? Diagnose(FleetFacts facts)
    {{
        if (facts.Queue?.Kinds?.FirstOrDefault(k => k.Kind == Kind) is not {{ Running: 0, Runnable: > {days} and var waiting }})
        {{
            return null;
        }}

        return new Diagnosis
        {{
            Code = Code,
            Title = $"Nobody works on {{Kind}}",
            Severity = Severity.Warning,
            Summary = $"{{waiting}} jobs of the kind {{Kind}} wait, and no worker has one.",
            Evidence = [new EvidenceLine($"queue.kinds.{{Kind}}.running", "0", "> 0", "job store", facts.Snapshot.CapturedAt)],
            Verification = ["The next diagnosis shows a running job of this kind."],
            Runbook = "runbook.md#kind-{n}",
        }};
    }}

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code == DiagnosisCodes.QueueBacklog;
}}

internal sealed class Kind{n}Pattern : ILogPattern
{{
    public string Code => "kind-{n}-failed";

    public IReadOnlyList<string> Phrases => ["kind {n} failed", "KIND_{n} error"];
}}
"""

OPTIONS = """
using Cliply.Diagnostics;

namespace Fleet.Area{area};

public static class Registration{n}
{{
    public static IServiceCollection AddFleet{n}(this IServiceCollection services, IConfiguration configuration)
    {{
        services.AddCliplyHealthChecks(options =>
        {{
            options.ConnectionString = $"Host=db;Username=fleet;Password={{configuration["Password{n}"]}}";
            options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(5);
            options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10 + {days});
            options.Thresholds.CpuPercent = 80;
        }});
        services.Configure<CliplyDiagnosticsOptions>(options => options.SnapshotMaxAge = TimeSpan.FromSeconds(5));
        return services;
    }}
}}
"""

PROGRAM = """
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddCliplyHealthChecks();
var app = builder.Build();
app.MapCliplyProbes();
app.MapHealthChecks("/live", new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") });
app.Run();
"""

for n in range(1000):
    template = PROGRAM if n == 0 else SCENARIO if n % 40 == 1 else OPTIONS if n % 40 == 11 else LOOP if n % 20 == 6 else ENDPOINTS if n % 10 == 3 else SERVICE
    (folder / f"File{n}.cs").write_text(template if n == 0 else template.format(n=n, area=n // 50, days=n % 30 + 1))

(folder / "Fleet.csproj").write_text(f"""<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Cliply.Diagnostics.AspNetCore" Version="{version}" />
  </ItemGroup>
  <Target Name="WithoutAnalyzers" Condition="'$(WithoutCliplyAnalyzers)' == 'true'" BeforeTargets="CoreCompile">
    <ItemGroup>
      <Analyzer Remove="@(Analyzer)" Condition="$([System.String]::new('%(Filename)').StartsWith('Cliply.'))" />
    </ItemGroup>
  </Target>
</Project>
""")
(folder / "Directory.Build.props").write_text("<Project />\n")
(folder / "nuget.config").write_text(f"""<configuration>
  <packageSources>
    <add key="packed" value="{packages}" />
  </packageSources>
</configuration>
""")
