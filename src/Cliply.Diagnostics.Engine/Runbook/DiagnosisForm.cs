using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Runbook;

/// <summary>One of the forms that a diagnosis takes.</summary>
/// <param name="Severity">How bad it is in this form.</param>
/// <param name="Title">How reports title it.</param>
/// <param name="When">When it is diagnosed, with the limits in force.</param>
/// <param name="Impact">What it means for users, and for which job kinds.</param>
public sealed record DiagnosisForm(Severity Severity, string Title, string When, string Impact);
