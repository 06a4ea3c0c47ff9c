using System.Text.Json.Nodes;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>One panel of a Grafana dashboard.</summary>
internal sealed record DashboardPanel
{
    public required string Title { get; init; }

    /// <summary>What it shows, and what to make of it.</summary>
    public required string Description { get; init; }

    /// <summary>Grafana's name for the kind of panel.</summary>
    public string Type { get; init; } = "timeseries";

    /// <summary>Expressions, and how their series are called.</summary>
    public required IReadOnlyList<(string Expression, string Legend)> Series { get; init; }

    /// <summary>Of 24.</summary>
    public int Width { get; init; } = 8;

    public int Height { get; init; } = 7;

    /// <summary>Grafana's name for the unit.</summary>
    public string Unit { get; init; } = "short";

    /// <summary>From which values on which colour holds, and a line is drawn; below the first, green.</summary>
    public IReadOnlyList<(double From, string Colour)> Limits { get; init; } = [];

    /// <summary>What single values are called, and their colours.</summary>
    public IReadOnlyList<(int Value, string Text, string Colour)> Values { get; init; } = [];

    /// <summary>What a panel of one value shows: value, name or both.</summary>
    public string Shows { get; init; } = "value";

    /// <summary>Shown where no series is there.</summary>
    public string Nothing { get; init; } = "unknown";

    public bool IsStacked { get; init; }

    public JsonObject ToJson(int id, int x, int y) => new()
    {
        ["id"] = id,
        ["type"] = Type,
        ["title"] = Title,
        ["description"] = Description,
        ["datasource"] = Dashboard.DataSource(),
        ["gridPos"] = new JsonObject { ["x"] = x, ["y"] = y, ["w"] = Width, ["h"] = Height },
        ["targets"] = new JsonArray([.. Series.Select(Target)]),
        ["fieldConfig"] = new JsonObject
        {
            ["defaults"] = new JsonObject
            {
                ["unit"] = Unit,
                ["min"] = 0,
                ["noValue"] = Nothing,
                ["color"] = new JsonObject { ["mode"] = Type == "timeseries" ? "palette-classic" : "thresholds" },
                ["mappings"] = Mappings(),
                ["thresholds"] = new JsonObject { ["mode"] = "absolute", ["steps"] = Steps() },
                ["custom"] = Custom(),
            },
            ["overrides"] = new JsonArray(),
        },
        ["options"] = Options(),
    };

    private JsonObject Target((string Expression, string Legend) series, int index) => new()
    {
        ["refId"] = $"{(char)('A' + index)}",
        ["datasource"] = Dashboard.DataSource(),
        ["editorMode"] = "code",
        ["expr"] = series.Expression,
        ["legendFormat"] = series.Legend,
        ["instant"] = Type == "stat",
        ["range"] = Type != "stat",
    };

    // Not as collection expressions, which call the generic Add: it can't be compiled ahead of time.
    private JsonArray Mappings() => Values.Count == 0 ? new JsonArray() : new JsonArray(new JsonObject
    {
        ["type"] = "value",
        ["options"] = new JsonObject(Values.Select((v, i) => KeyValuePair.Create($"{v.Value}", (JsonNode?)new JsonObject { ["index"] = i, ["text"] = v.Text, ["color"] = v.Colour }))),
    });

    private JsonArray Steps()
    {
        var first = new JsonObject { ["color"] = Values.Count > 0 ? "text" : "green", ["value"] = null };
        return new JsonArray([.. Limits.Select(l => new JsonObject { ["color"] = l.Colour, ["value"] = l.From }).Prepend(first)]);
    }

    private JsonObject Custom() => Type switch
    {
        "timeseries" => new JsonObject
        {
            ["drawStyle"] = "line",
            ["lineInterpolation"] = "stepAfter",
            ["lineWidth"] = 1,
            ["fillOpacity"] = IsStacked ? 40 : 10,
            ["showPoints"] = "never",
            ["stacking"] = new JsonObject { ["group"] = "A", ["mode"] = IsStacked ? "normal" : "none" },
            ["thresholdsStyle"] = new JsonObject { ["mode"] = Limits.Count > 0 ? "dashed" : "off" },
        },
        "state-timeline" => new JsonObject { ["fillOpacity"] = 80, ["lineWidth"] = 0 },
        _ => [],
    };

    private JsonObject Options() => Type switch
    {
        "timeseries" => new JsonObject
        {
            ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = true, ["calcs"] = new JsonArray() },
            ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
        },
        "state-timeline" => new JsonObject
        {
            ["mergeValues"] = true,
            ["showValue"] = "never",
            ["alignValue"] = "left",
            ["rowHeight"] = 0.8,
            ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = true },
            ["tooltip"] = new JsonObject { ["mode"] = "single", ["sort"] = "none" },
        },
        _ => new JsonObject
        {
            ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "", ["values"] = false },
            ["colorMode"] = "background",
            ["graphMode"] = "none",
            ["textMode"] = Shows,
            ["justifyMode"] = "auto",
            ["orientation"] = "auto",
        },
    };
}
