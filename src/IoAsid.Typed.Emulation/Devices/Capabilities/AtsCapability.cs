using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The address translation services of an emulated function.</summary>
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
                throw new InvalidOperationException($"{function.RequesterId}: page requests must be disabled before ATS is.");
            _isEnabled = value;
            function.ForgetTranslations();
        }
    }

    public void Forget() => _isEnabled = false;
}
