namespace IoAsid.Typed.Tests.Fixtures;

/// <summary>A drain that certifies at once, because the tests have no hardware.</summary>
internal sealed class ImmediateDrain : IoAsidDrain
{
    public DrainReceipt Drain(IoAsidBinding binding) => Certify(binding);
}

internal static class BindingExtensions
{
    /// <summary>Drains and completes a binding.</summary>
    public static void Drain(this IoAsidBinding binding) => binding.Complete(new ImmediateDrain().Drain(binding));
}
