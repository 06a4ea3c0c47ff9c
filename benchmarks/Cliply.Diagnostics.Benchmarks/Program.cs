using BenchmarkDotNet.Running;
using Cliply.Diagnostics.Benchmarks;

if (args is ["collection-query", var connectionString, var finished])
{
    await CollectionQuery.RunAsync(connectionString, finished);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(CollectionQuery).Assembly).Run(args);
