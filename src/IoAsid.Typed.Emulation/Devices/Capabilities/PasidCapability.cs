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
                    $"{function.RequesterId}: ATS is enabled, so a change of the PASID capability is undefined. Disable ATS first.");
            }

            _isEnabled = value;
        }
    }

    /// <summary>Returns true if requests may carry a prefix now.</summary>
    public bool Allows(PasidPrefix prefix) =>
        _isEnabled && prefix.Pasid.Value >> Width == 0
        && (ExecutePermissionSupported || !prefix.ExecuteRequested)
        && (PrivilegedModeSupported || !prefix.PrivilegedModeRequested);

    public void Reset() => _isEnabled = false;
}
