using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A step that waits in a queue.</summary>
/// <param name="Callback">An <see cref="Action"/>, or an <see cref="Action{T}"/> or <see cref="SendOrPostCallback"/> that takes the state.</param>
/// <param name="State">The argument of the callback.</param>
/// <param name="Name">The name in traces, the same in every run.</param>
/// <param name="Number">The zero-based sequence number in the order of posting.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Step(Delegate Callback, object? State, string Name, long Number)
{
    public void Run()
    {
        if (Callback is Action<object?> withState)
            withState(State);
        else if (Callback is Action action)
            action();
        else
            ((SendOrPostCallback)Callback)(State);
    }
}
