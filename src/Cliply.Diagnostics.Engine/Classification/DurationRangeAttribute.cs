using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Cliply.Diagnostics.Classification;

/// <summary>Limits a duration, both ends included. Unlike <see cref="RangeAttribute"/> it survives trimming.</summary>
/// <param name="minimum">The shortest allowed duration, as <c>[d.]hh:mm:ss[.fff]</c>.</param>
/// <param name="maximum">The longest allowed duration, likewise.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    /// <summary>The shortest allowed duration.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The longest allowed duration.</summary>
    public string Maximum { get; } = maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is TimeSpan duration
        && duration >= TimeSpan.Parse(Minimum, CultureInfo.InvariantCulture)
        && duration <= TimeSpan.Parse(Maximum, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"The field {name} must be between {Minimum} and {Maximum}.";
}
