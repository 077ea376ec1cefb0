using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The address translation services (ATS) of an emulated function.</summary>
internal sealed class AtsCapability(EmulatedFunction function, FunctionOptions options) : IAtsCapability
{
    private bool _isEnabled;

    public int InvalidateQueueDepth => options.InvalidateQueueDepth;

    public DeviceTlb Tlb { get; } = new(options.DeviceTlbEntries);

    public bool Enabled
    {
        get => _isEnabled;
        set
        {
            if (!function.BeginConfigurationWrite() || value == _isEnabled)
                return;
            if (function.Pri is { Enabled: true })
                throw new InvalidOperationException($"{function.RequesterId}: page requests are enabled. Disable them before you change ATS.");
            _isEnabled = value;
            function.DiscardTranslations();
        }
    }

    public void Reset() => _isEnabled = false;
}
