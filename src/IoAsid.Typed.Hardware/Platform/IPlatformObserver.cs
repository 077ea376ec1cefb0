namespace IoAsid.Typed.Hardware;

/// <summary>An observer of the functions of a machine.</summary>
public interface IPlatformObserver
{
    /// <summary>Handles the removal of a function. Called in a step of its own, after the function is no longer present.</summary>
    /// <param name="function">The function.</param>
    void FunctionRemoved(IPciFunction function);
}
