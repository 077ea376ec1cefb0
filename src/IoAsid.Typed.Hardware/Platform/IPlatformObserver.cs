namespace IoAsid.Typed.Hardware;

/// <summary>Is notified of what happens to a machine.</summary>
public interface IPlatformObserver
{
    /// <summary>A function was pulled out. Called in a step of its own, when the function is no longer present.</summary>
    /// <param name="function">The function.</param>
    void FunctionRemoved(IPciFunction function);
}
