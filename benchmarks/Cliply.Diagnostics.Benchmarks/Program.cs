using System.Globalization;
using BenchmarkDotNet.Running;
using Cliply.Diagnostics.Benchmarks;
using Cliply.Diagnostics.Logs;

if (args is ["collection-query", var connectionString, var finished])
{
    await CollectionQuery.RunAsync(connectionString, finished);
    return;
}

if (args is ["log-write", var newLog, var bytes, var phrases])
{
    LogScan.Write(newLog, long.Parse(bytes, CultureInfo.InvariantCulture));
    LogScan.WritePhrases(phrases);
    return;
}

if (args is ["log-read", var log, var detail])
{
    LogScan.Read(log, Enum.Parse<LogScanDetail>(detail, ignoreCase: true));
    return;
}

if (args is ["probe-server", var port, var database])
{
    await ProbeServer.RunAsync(port, database);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(CollectionQuery).Assembly).Run(args);
