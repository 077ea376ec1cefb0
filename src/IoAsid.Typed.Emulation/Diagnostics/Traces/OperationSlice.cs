using System.Diagnostics;

namespace IoAsid.Typed.Emulation;

/// <summary>The slice of an operation in a trace.</summary>
internal sealed class OperationSlice(Activity operation)
{
    private int _taken;

    /// <summary>The operation.</summary>
    public Activity Operation => operation;

    /// <summary>Takes the tags that the operation has got since the last call.</summary>
    public IEnumerable<KeyValuePair<string, object?>> TakeTags()
    {
        KeyValuePair<string, object?>[] tags = [.. operation.TagObjects.Skip(_taken)];
        _taken += tags.Length;
        return tags;
    }
}
