using System.Diagnostics;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The operations of the driver that start on this thread, as lines of text. A machine runs on one thread, and other tests run on others.</summary>
internal sealed class RecordedOperations : IDisposable
{
    private const string Prefix = "ioasid.";

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Dictionary<Activity, string> _starts = [];
    private readonly ActivityListener _listener;

    public RecordedOperations()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "IoAsid.Typed.Iommu",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => IsHere ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStarted = operation =>
            {
                if (IsHere)
                    _starts.Add(operation, Tags(operation.TagObjects));
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>
    /// The operations in the order of their starts, below their parents: the tags at the start, after a plus sign the tags that were added, and the end if it is not a success.
    /// </summary>
    public IEnumerable<string> Lines => _starts.Select(start => Line(start.Key, start.Value));

    private bool IsHere => Environment.CurrentManagedThreadId == _thread;

    public void Dispose() => _listener.Dispose();

    private static string Line(Activity operation, string tags)
    {
        string added = Tags(operation.TagObjects)[tags.Length..];
        string end = operation switch
        {
            { IsStopped: false } => " unfinished",
            { Status: ActivityStatusCode.Error } => " failed",
            _ => "",
        };
        return $"{Indentation(operation)}{operation.OperationName}{tags}{(added.Length == 0 ? "" : " +")}{added}{end}";
    }

    private static string Indentation(Activity operation) => operation.Parent is { } parent ? $"  {Indentation(parent)}" : "";

    private static string Tags(IEnumerable<KeyValuePair<string, object?>> tags) => string.Concat(tags.Select(tag => $" {tag.Key.Replace(Prefix, "", StringComparison.Ordinal)}={tag.Value}"));
}
