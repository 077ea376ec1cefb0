namespace IoAsid.Typed.Iommu;

/// <summary>The steps of disposals. A step that fails raises an event, and the next step runs.</summary>
internal sealed class TearDown
{
    /// <summary>Raised when a step failed.</summary>
    public event EventHandler<IommuErrorEventArgs>? Failed;

    /// <summary>Runs a step, and raises <see cref="Failed"/> if it fails.</summary>
    /// <param name="subject">The object that the step tears down.</param>
    /// <param name="step">The step.</param>
    public async ValueTask RunAsync(object subject, Func<ValueTask> step)
    {
        try
        {
            await step();
        }
#pragma warning disable CA1031 // A disposal must not replace the exception that is already propagating.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Failed?.Invoke(this, new IommuErrorEventArgs(subject, error));
        }
    }

    /// <summary>Disposes objects, the latest first.</summary>
    public async ValueTask DisposeAllAsync(IEnumerable<IAsyncDisposable> objects)
    {
        foreach (IAsyncDisposable one in objects.Reverse().ToList())
            await RunAsync(one, one.DisposeAsync);
    }
}
