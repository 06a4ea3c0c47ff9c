using System.CommandLine;
using System.CommandLine.Parsing;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Docker;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Kubernetes;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Processes;
using Cliply.Diagnostics.Prometheus;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Systemd;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>Where the workers run and what they log: the flags that name it, and what is looked at where none does.</summary>
internal sealed class EvidenceSources
{
    private static readonly string[] Sections =
        [DockerOptions.SectionName, KubernetesOptions.SectionName, SystemdOptions.SectionName, ProcessesOptions.SectionName, LogFilesOptions.SectionName, PrometheusOptions.SectionName];

    private readonly Option<string?> _docker = Optional("--docker", "ENDPOINT", "Docker or Podman, by its socket or address. Default: DOCKER_HOST, or the first socket found.");
    private readonly Option<string?> _kubernetes = Optional("--kubernetes", "NAMESPACE", "Kubernetes, by the service account or the kubeconfig. Default: the namespace of either.");
    private readonly Option<string?> _systemd = Optional("--systemd", "UNIT", "A systemd unit. Default: cliply-worker.");
    private readonly Option<string?> _process = new("--process") { HelpName = "NAME", Description = "Plain processes of that name, on this host." };
    private readonly Option<string[]> _logs = new("--logs") { HelpName = "PATH|-", Description = "A log file, a folder of logs, or - for standard input. May be repeated." };
    private readonly Option<string?> _prometheus = new("--prometheus") { HelpName = "URL", Description = "History from a Prometheus-compatible server." };
    private readonly Option<string?> _matchers = new("--matchers") { HelpName = "MATCHERS", Description = "Which series of --prometheus, as in 'job=\"cliply\",cluster=\"eu\"'. Default: all." };
    private readonly Option<bool> _auto = new("--auto") { Description = "Look for a Docker or Podman socket, a Kubernetes service account and a systemd unit, and use what is found. The default where no source is named; --auto false looks for none." };
    private readonly Option<bool> _noLocal = new("--no-local") { Description = "Leave out ffmpeg, yt-dlp and the environment variables of this machine: where no worker runs here, they say nothing of the workers." };

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.Add(_noLocal);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_matchers) is not null && result.GetResult(_prometheus) is null)
            {
                result.AddError("--matchers chooses among the series of a Prometheus server. Give --prometheus URL as well.");
            }
        });
    }

    private Option[] All => [_docker, _kubernetes, _systemd, _process, _logs, _prometheus, _matchers, _auto];

    /// <summary>The flag of this kind that was given; null where none was.</summary>
    public string? Named(CommandResult result) => Array.Find(All, o => o != _auto && result.GetResult(o) is { Implicit: false })?.Name;

    /// <summary>Whether sources are to be looked for.</summary>
    private bool IsAuto(ParseResult parsed, ConfigurationFile file) => parsed.GetResult(_auto) is { Implicit: false } ? parsed.GetValue(_auto) : !IsAnyNamed(parsed, file);

    private bool IsAnyNamed(ParseResult parsed, ConfigurationFile file) => Named(parsed.CommandResult) is not null || Array.Exists(Sections, file.Has);

    /// <summary>Sets the library up to collect from what was named or can be found.</summary>
    public async Task<FleetSession> OpenAsync(FleetSettings settings, ParseResult parsed, CancellationToken cancellationToken, Action<CliplyDiagnosticsBuilder>? configure = null)
    {
        var standardInput = ReadsStandardInput(parsed) ? await ReadStandardInputAsync(settings, cancellationToken) : null;
        return await FleetSession.CreateAsync(settings, isLocal: !parsed.GetValue(_noLocal), builder =>
        {
            configure?.Invoke(builder);
            return Register(builder, parsed, settings.File, standardInput);
        });
    }

    /// <summary>Collects once, and says on standard error what was looked for and not found.</summary>
    /// <exception cref="CliException">There is nothing to collect from.</exception>
    public async Task<FleetReading> CollectAsync(FleetSettings settings, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(settings, parsed, cancellationToken);
        var reading = await session.ReadAsync(cancellationToken);
        await ReportMissingAsync(session, parsed, reading.Report);
        return reading;
    }

    /// <summary>Says on standard error what was looked for and not found, and what is this machine's.</summary>
    /// <exception cref="CliException">There is nothing to collect from.</exception>
    public async Task ReportMissingAsync(FleetSession session, ParseResult parsed, DiagnosticReport report)
    {
        foreach (var source in session.Found.Where(source => source.Missing is not null))
        {
            await Console.Error.WriteLineAsync($"cliply: {source}");
        }

        if (session.HasNothing(IsAnyNamed(parsed, session.Settings.File)))
        {
            var recorded = parsed.CommandResult.Command.Options.Any(o => o.Name == "--snapshot") ? ", or --snapshot FILE for a recorded snapshot" : "";
            throw new CliException(ExitCodes.Usage, $"nothing to diagnose. Give --database-url URL or a source such as --logs FILE to collect now{recorded}, or set DATABASE_URL.");
        }

        if (report.Diagnoses.Any(d => LocalDiagnoses.Contains(d.Code)))
        {
            await Console.Error.WriteLineAsync("cliply: ffmpeg, yt-dlp and the environment are those of this machine. Where no worker runs here, leave them out with --no-local.");
        }
    }

    /// <summary>Adds what was named, and what was found where sources are to be looked for.</summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">Its sections name sources too.</param>
    /// <param name="standardInput">What standard input showed, where it is one of the logs.</param>
    /// <returns>What was looked for without being named.</returns>
    private List<FoundSource> Register(CliplyDiagnosticsBuilder builder, ParseResult parsed, ConfigurationFile file, LogEvidence? standardInput)
    {
        var found = new List<FoundSource>();
        var isAuto = IsAuto(parsed, file);
        Platform(_docker, DockerOptions.SectionName, new("Docker", "no socket of Docker or Podman is there", "no container's name contains 'worker'"), b => b.AddDocker(o => o.Endpoint = parsed.GetValue(_docker) ?? o.Endpoint));
        Platform(_systemd, SystemdOptions.SectionName, new("systemd", "it does not run here", "there is no unit cliply-worker"), b => b.AddSystemd(o => o.Units = parsed.GetValue(_systemd) is { } unit ? [unit] : o.Units));

        // A kubeconfig may be of any cluster; only the one that this process runs in is looked at unasked.
        var kubernetes = new FoundSource("Kubernetes", "this is no pod with a service account; --kubernetes uses your kubeconfig", "nothing has the label app=worker");
        if (IsNamed(_kubernetes) || file.Has(KubernetesOptions.SectionName) || IsInCluster)
        {
            Platform(_kubernetes, KubernetesOptions.SectionName, kubernetes, b => b.AddKubernetes(o => o.Namespace = parsed.GetValue(_kubernetes) ?? o.Namespace));
        }
        else if (isAuto)
        {
            kubernetes.IsAbsent();
            found.Add(kubernetes);
        }

        if (parsed.GetValue(_process) is { } process)
        {
            builder.AddProcesses(o => o.Name = process);
        }
        else if (file.Has(ProcessesOptions.SectionName))
        {
            builder.AddProcesses();
        }

        if (file.Has(LogFilesOptions.SectionName))
        {
            builder.AddLogs();
        }

        foreach (var path in parsed.GetValue(_logs) ?? [])
        {
            if (path != "-")
            {
                builder.AddLogs(path);
            }
        }

        if (standardInput is not null)
        {
            builder.Services.AddSingleton<IEvidenceCollector>(new ReadLog(standardInput));
        }

        if (parsed.GetValue(_prometheus) is { } url)
        {
            builder.AddPrometheus(url, o => o.Matchers = parsed.GetValue(_matchers) ?? o.Matchers);
        }
        else if (file.Has(PrometheusOptions.SectionName))
        {
            builder.AddPrometheus();
        }

        return found;

        bool IsNamed(Option option) => parsed.GetResult(option) is { Implicit: false };

        void Platform(Option option, string section, FoundSource source, Action<CliplyDiagnosticsBuilder> add)
        {
            if (IsNamed(option) || file.Has(section))
            {
                add(builder);
            }
            else if (isAuto)
            {
                source.Register(builder, add);
                found.Add(source);
            }
        }
    }

    private bool ReadsStandardInput(ParseResult parsed) => (parsed.GetValue(_logs) ?? []).Contains("-");

    private static async Task<LogEvidence> ReadStandardInputAsync(FleetSettings settings, CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        return await LogFiles.ScanAsync(input, "standard input", new LogPatternMatcher(redactor: settings.CreateRedactor(settings.ReadOptions())), TimeProvider.System, cancellationToken);
    }

    private static bool IsInCluster => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"));

    private static Option<string?> Optional(string name, string value, string description) => new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>A log that has been read already.</summary>
    private sealed class ReadLog(LogEvidence log) : IEvidenceCollector
    {
        public string Name => "standard-input";

        public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Logs];

        public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new CollectedEvidence { Logs = Section.List(log) });
    }
}
