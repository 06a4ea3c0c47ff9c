namespace Cliply.Diagnostics.PostgreSql;

/// <summary>A script that comes with the library and creates one table.</summary>
internal sealed class SqlScript(string resource, string defaultTable)
{
    private const string DefaultSchema = "public";

    /// <summary>With the default names.</summary>
    public string Text { get; } = Read(resource);

    /// <summary>With other names.</summary>
    public string For(string schema, string table)
    {
        var usage = $"on schema {Sql.Name(DefaultSchema)} ";
        return string.Join(
            Sql.Name(schema, table),
            Text.Split(Sql.Name(DefaultSchema, defaultTable)).Select(part => part.Replace(usage, $"on schema {Sql.Name(schema)} ", StringComparison.Ordinal)));
    }

    private static string Read(string resource)
    {
        using var stream = typeof(SqlScript).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
