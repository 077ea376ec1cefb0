namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>A drain of hardware that is not there.</summary>
internal sealed class Drain : IoAsidDrain
{
    public static void Complete(IoAsidBinding binding) => binding.Complete(new Drain().Certify(binding));
}
