package web

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// trust tells a person with a phone how to make it trust the program's own
// certificate authority.
func (s *Server) trust(c echo.Context) error {
	q, err := ask(c, []string{formatHTML})
	if err != nil {
		return err
	}
	if s.config.Authority == nil {
		return echo.ErrNotFound
	}
	say := func(zh, en string) string { return assets.Text{ZH: zh, EN: en}.In(q.language) }
	v := view{Title: say("信任本机证书", "Trust this server"),
		Text: say("本服务使用自己签发的证书。每部手机或电脑安装一次下面的根证书，此后浏览器不再警告，离线采集与拍照才能使用。安装前请核对指纹。",
			"This server uses certificates of its own authority. Install the root certificate below once on each phone or computer; browsers then stop warning, and offline work and the camera become possible. Compare the fingerprint first."),
		Facts: []cell{
			{Name: say("根证书", "Root certificate"), Value: "ca.crt", Href: "/trust/ca.crt"},
			{Name: "SHA-256", Value: fingerprint(s.config.Authority)},
			{Name: "Android", Value: say("下载 → 设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书 → 选择 ca.crt", "Download → Settings → Security → Encryption & credentials → Install a certificate → CA certificate → choose ca.crt")},
			{Name: "HarmonyOS", Value: say("下载 → 设置 → 安全 → 更多安全设置 → 加密和凭据 → 从存储安装", "Download → Settings → Security → More settings → Encryption and credentials → Install from storage")},
			{Name: "iPhone / iPad", Value: say("用 Safari 下载 → 设置 → 已下载描述文件 → 安装；再到 设置 → 通用 → 关于本机 → 证书信任设置 → 打开“Streetbook”", "Download with Safari → Settings → Profile downloaded → Install; then Settings → General → About → Certificate trust settings → switch on Streetbook")},
			{Name: "Windows", Value: say("双击 ca.crt → 安装证书 → 本地计算机 → 受信任的根证书颁发机构", "Double-click ca.crt → Install certificate → Local machine → Trusted root certification authorities")},
		}}
	return s.page(c, q, v)
}

// trustCertificate answers the certificate under the type that phones install.
func (s *Server) trustCertificate(c echo.Context) error {
	if s.config.Authority == nil {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="ca.crt"`)
	return c.Blob(http.StatusOK, "application/x-x509-ca-cert", s.config.Authority)
}

// fingerprint is the SHA-256 of a certificate in PEM, as browsers show it.
func fingerprint(certificate []byte) string {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return ""
	}
	return fmt.Sprintf("% X", sha256.Sum256(block.Bytes))
}
