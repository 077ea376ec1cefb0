using IoAsid.Typed;

internal abstract class SvaBinding
{
    private protected SvaBinding()
    {
    }

    public int Users { get; set; } = 1;
}

internal sealed class NativeSvaBinding : SvaBinding;

internal sealed class GuestSvaBinding : SvaBinding;
