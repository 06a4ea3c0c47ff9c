using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Logs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the evidence of log files.</summary>
public static class CliplyLogsBuilderExtensions
{
    /// <summary>
    /// Adds a log of the workers to the section logs: its newest lines, up to the options <c>Logs:Lines</c> and
    /// <c>Logs:Bytes</c>. Further calls add further logs; the same one twice is one.
    /// </summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="path">A log file, or a folder with <c>*.log</c> files. A relative path starts at the current folder. Null: only what the configuration section <c>Cliply:Diagnostics:LogFiles</c> names.</param>
    /// <returns>The builder.</returns>
    public static TBuilder AddLogs<TBuilder>(this TBuilder builder, string? path = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<LogFilesOptions>, LogFilesOptionsBinding>(
            provider => new LogFilesOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LogFilesOptions>, LogFilesOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LogFilesOptions>, LogFilesOptionsRules>());
        services.AddOptions<LogFilesOptions>().ValidateOnStart();
        if (path is not null)
        {
            services.Configure<LogFilesOptions>(options => options.Paths.Add(path));
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, LogFileCollector>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEscalationSource, LogFilesEscalationSource>());
        return builder;
    }
}
