using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The PASID capability of an emulated function.</summary>
internal sealed class PasidCapability(EmulatedFunction function, FunctionOptions options) : IPasidCapability
{
    private bool _isEnabled;

    public int Width => options.PasidWidth;

    public bool ExecutePermissionSupported => options.ExecutePermissionSupported;

    public bool PrivilegedModeSupported => options.PrivilegedModeSupported;

    public bool Enabled
    {
        get => _isEnabled;
        set
        {
            if (!function.BeginConfigurationWrite() || value == _isEnabled)
                return;
            if (function.Ats is { Enabled: true })
            {
                throw new InvalidOperationException(
                    $"{function.RequesterId}: PASID is enabled or disabled before ATS is enabled; the outcome is undefined otherwise.");
            }

            _isEnabled = value;
        }
    }

    /// <summary>Whether requests may carry this prefix now.</summary>
    public bool Allows(PasidPrefix prefix) =>
        _isEnabled && prefix.Pasid.Value >> Width == 0
        && (ExecutePermissionSupported || !prefix.ExecuteRequested)
        && (PrivilegedModeSupported || !prefix.PrivilegedModeRequested);

    public void Forget() => _isEnabled = false;
}
